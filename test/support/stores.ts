/** Stores as the tests open them: on a real server, or embedded in a folder of their own. */
import { join } from 'node:path';
import { type OpenOptions, openStore, type Store } from '../../platform/store/store.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { sleep, systemClock } from '../../platform/units/clock.ts';
import type { StoreWorld } from '../contracts/store.ts';
import { ROOT } from './sources.ts';

export const CHILD_FILE = join(ROOT, 'dist/platform/store/embedded/child.js');
const ANSWERS_MS_MAX = 20_000;
const EVENTS_KEPT_SECONDS = 30 * 86_400;

/** @param options  what differs from an ordinary store with a silent telemetry */
export function testStore({ retention, ...options }: Partial<OpenOptions> = {}): Store {
  return openStore({
    url: null,
    cluster: undefined,
    folder: '',
    clock: systemClock,
    telemetry: silentTelemetry,
    write: () => undefined,
    childFile: CHILD_FILE,
    retention: { events: EVENTS_KEPT_SECONDS, rates: null, incidents: null, ...retention },
    ...options,
  });
}

/** Waits for its first answer. */
export async function answering(store: Store): Promise<Store> {
  const deadline = performance.now() + ANSWERS_MS_MAX;
  for (;;) {
    try {
      await store.rows('SELECT 1');
      return store;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(systemClock, 50);
    }
  }
}

/** A database of its own at this address, for as many processes as are wanted; gone at the end. */
export async function inDatabase(address: string, database: string): Promise<StoreWorld> {
  const url = new URL(`/${database}`, address).href;
  const first = testStore({ url });
  const opened = [first];
  return {
    store: first,
    async again() {
      const another = testStore({ url });
      opened.push(another);
      return answering(another);
    },
    async end() {
      for (const store of opened) await store.close();
      const last = testStore({ url });
      await last.rows(`DROP DATABASE ${database}`);
      await last.close();
    },
  };
}
