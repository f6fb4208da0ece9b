/**
 * The store as a command opens it: a ClickHouse server directly; the embedded one through the Plummet that runs it, or by itself
 * where none runs. Its engine locks its folder, so two never have it at once.
 */
import { join } from 'node:path';
import type { Config } from '../../platform/config/load.ts';
import { Connection } from '../../platform/store/connect.ts';
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
  /** The built child of the embedded store; only tests that run from the sources name it. */
  readonly childFile?: string;
}

/** A Plummet that starts just now has the folder for some seconds before it says where its store answers; another command may have it for a minute. */
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
export async function openHistoryStore({ config, folder, ...told }: HistoryStoreOptions): Promise<Store> {
  const store = demandStore(config);
  const options: OpenOptions = { ...store, clock: systemClock, telemetry: silentTelemetry, ...told, folder: join(folder, 'store') };
  if (store.url === null) return openEmbedded(options);
  const { store: opened, problem } = await openOwn(options);
  if (!problem) return opened;
  await opened.close();
  throw new UserError(problem.message, { exit: 1 });
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
    if (await isServed(options.folder)) return openStore(options, served(options.folder));
    const { store, problem } = await openOwn(options);
    if (!problem) return store;
    await store.close();
    if (problem.kind !== 'away') throw new UserError(problem.message, { exit: 1 });
    if (monotonic() - startedAt > OPEN_MS_MAX) throw heldBy(options.folder, problem);
    if (!isTold && monotonic() - startedAt > PATIENCE_MS) {
      isTold = true;
      options.write(`Another program has ${shownPath(options.folder)}: it is waited for, ${OPEN_MS_MAX / 60_000} minutes at most.`);
    }
    await pause(AGAIN_MS);
  }
}

async function openOwn(options: OpenOptions): Promise<{ store: Store; problem: StoreError | null }> {
  let isOpen = false;
  // Until it answers nothing is told: what hinders it is what we end with.
  const write = (line: string): void => void (isOpen && options.write(line));
  try {
    const store = openStore({ ...options, write, unlisted: true });
    const problem = await problemOf(store);
    isOpen = true;
    return { store, problem };
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const hint = 'Give this user the right, or name another folder with --data.';
    throw new UserError(`${shownPath(options.folder)} cannot be made (${code}).`, { hint, exit: 1 });
  }
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

/** Whether a Plummet of this user answers for the folder. What a killed one left behind is nobody's address, or does not take the key. */
async function isServed(folder: string): Promise<boolean> {
  const url = addressOf(folder);
  if (url === null) return false;
  const connection = new Connection(url, nameOf(folder));
  try {
    await connection.bareRows('SELECT 1 AS one');
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** Where the running Plummet's store is; it may come back elsewhere. */
function served(folder: string): Place {
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
