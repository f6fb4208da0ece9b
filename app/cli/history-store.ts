/**
 * The store as a command opens it: a ClickHouse server directly; the embedded one through the Plummet that runs it, or by itself
 * where none runs. Its engine locks its folder, so two never have it at once.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../platform/config/load.ts';
import { publishedAddress } from '../../platform/store/embedded/address.ts';
import type { Place } from '../../platform/store/embedded/parent.ts';
import type { StoreOptions } from '../../platform/store/options.ts';
import { StoreError } from '../../platform/store/problem.ts';
import { type OpenOptions, openStore, type Store } from '../../platform/store/store.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { shownPath } from './config-file.ts';
import { UserError } from './output.ts';
import { pause } from './pause.ts';

export interface HistoryStoreOptions {
  readonly config: Config;
  /** The data folder. */
  readonly folder: string;
  /** Told when it stops answering, and when it answers again. */
  readonly write: (line: string) => void;
  /** Where there is none in the folder yet it is made: for who fills it. */
  readonly make?: boolean;
  /** The built child of the embedded store; only tests that run from the sources name it. */
  readonly childFile?: string;
}

/** A Plummet that starts has the folder for some seconds before it says where its store answers; another command for a minute or so. */
const OPEN_MS_MAX = 120_000;
/** Whoever has to wait for longer is told what for. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 250;
const FIRST_ANSWER_MS = 50;

/**
 * It answers, and its tables are there.
 *
 * @throws UserError where no history is kept, or the store cannot be had
 */
export async function openHistoryStore({ config, folder, make = false, ...told }: HistoryStoreOptions): Promise<Store> {
  const store = demandStore(config);
  const options: OpenOptions = { ...store, clock: systemClock, telemetry: silentTelemetry, ...told, folder: join(folder, 'store') };
  if (store.url === null) {
    if (make || existsSync(options.folder)) return openEmbedded(options);
    throw new UserError(`there is no history in ${shownPath(folder)}.`, { hint: 'Name the data folder of a Plummet with --data.' });
  }
  const opened = await openOrNot(options);
  if (opened instanceof StoreError) throw new UserError(opened.message, { exit: 1 });
  return opened;
}

/** @throws UserError where no history is kept: for whoever has something to do before it opens the store */
export function demandStore({ store }: Config): StoreOptions {
  if (store !== null) return store;
  const hint = 'Take that line out, and history is kept in the data folder; or name a server in store.clickhouse.url.';
  throw new UserError('no history is kept: the YAML says `store: none`.', { hint });
}

async function openEmbedded(options: OpenOptions): Promise<Store> {
  const { monotonic } = systemClock;
  const startedAt = monotonic();
  for (let isTold = false; ; ) {
    const lent = addressOf(options.folder) === null ? null : await openOrNot(options, lentBy(options.folder));
    if (lent instanceof StoreError) {
      // What a killed one left behind is nobody's address, or somebody's who does not take the key.
      if (lent.kind !== 'away' && lent.kind !== 'password') throw new UserError(lent.message, { exit: 1 });
    } else if (lent) return lent;
    const own = await openOrNot({ ...options, unlisted: true });
    if (!(own instanceof StoreError)) return own;
    if (own.kind !== 'away') throw new UserError(own.message, { exit: 1 });
    if (monotonic() - startedAt > OPEN_MS_MAX) throw heldBy(options.folder, own);
    if (!isTold && monotonic() - startedAt > PATIENCE_MS) {
      isTold = true;
      options.write(`Another program has ${shownPath(options.folder)}: it is waited for, ${OPEN_MS_MAX / 60_000} minutes at most.`);
    }
    await pause(AGAIN_MS);
  }
}

/** @returns it once it answers, or why it does not: then it is closed */
async function openOrNot(options: OpenOptions, place?: Place): Promise<Store | StoreError> {
  let isOpen = false;
  // Until it answers nothing is told: what hinders it is what we end with.
  const write = (line: string): void => void (isOpen && options.write(line));
  let store: Store;
  try {
    store = openStore({ ...options, write }, place);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const hint = 'Give this user the right, or name another folder with --data.';
    throw new UserError(`${shownPath(options.folder)} cannot be made (${code}).`, { hint, exit: 1 });
  }
  const problem = await problemOf(store);
  isOpen = problem === null;
  if (problem) await store.close();
  return problem ?? store;
}

/** What its first request ends with; null where it answers. */
async function problemOf(store: Store): Promise<StoreError | null> {
  for (;;) {
    try {
      await store.rows('SELECT 1 AS one');
      return null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.kind !== 'starting') return error;
    }
    await pause(FIRST_ANSWER_MS);
  }
}

/** Where the running Plummet's store is; it may come back elsewhere. */
function lentBy(folder: string): Place {
  const name = nameOf(folder);
  return {
    name,
    url() {
      const url = addressOf(folder);
      if (url === null) throw new StoreError('away', `${name} is no longer run by the Plummet that ran it`);
      return url;
    },
    stop: async () => undefined,
  };
}

function addressOf(folder: string): string | null {
  try {
    return publishedAddress(folder);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const hint = 'Run this as the user that Plummet runs as.';
    throw new UserError(`${shownPath(folder)} is another user's: how to reach its store may not be read (${code}).`, { hint, exit: 1 });
  }
}

function nameOf(folder: string): string {
  return `the embedded store in ${shownPath(folder)}`;
}

function heldBy(folder: string, { message }: StoreError): UserError {
  const hint = `Another program has ${shownPath(folder)} and does not say how to reach it. End it, or run this where Plummet runs.`;
  return new UserError(message.replace(' It is tried again.', ''), { hint });
}
