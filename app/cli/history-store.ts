/** The store as a command opens it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../platform/config/load.ts';
import type { StoreError } from '../../platform/store/problem.ts';
import { openStore, type Store } from '../../platform/store/store.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { sleep, systemClock } from '../../platform/units/clock.ts';
import { shownPath } from './config-file.ts';
import { UserError } from './output.ts';

export interface HistoryStoreOptions {
  readonly config: Config;
  /** The data folder. */
  readonly folder: string;
  /** Told when it stops answering, and when it answers again. */
  readonly write: (line: string) => void;
}

const FIRST_ANSWER_MS = 50;

/** It answers. @throws UserError where no history is kept, or the store cannot be had */
export async function openHistoryStore({ config, folder, write }: HistoryStoreOptions): Promise<Store> {
  if (config.store === null) throw new UserError('no history is kept: the YAML says `store: none`.', { hint: 'Take that line out.' });
  const kept = join(folder, 'store');
  if (config.store.url === null && !existsSync(kept)) {
    throw new UserError(`there is no history in ${shownPath(folder)}.`, { hint: 'Name the data folder of a Plummet with --data.' });
  }
  const store = openStore({ ...config.store, clock: systemClock, telemetry: silentTelemetry, write, folder: kept });
  for (;;) {
    try {
      await store.rows('SELECT 1 AS one');
      return store;
    } catch (error) {
      const { kind, message } = error as StoreError;
      if (kind !== 'starting') {
        await store.close();
        throw new UserError(message, { exit: 1 });
      }
    }
    await sleep(systemClock, FIRST_ANSWER_MS);
  }
}
