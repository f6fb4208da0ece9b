/** What keeps history: the store that the configuration names and the steps that fill it. Nothing that pages ever waits for it. */
import { join } from 'node:path';
import { startChronicle } from '../alerting/chronicle.ts';
import { startRecord } from '../detectors/record.ts';
import { startArchive } from '../ingest/archive.ts';
import type { Config } from '../platform/config/load.ts';
import type { EventLog, Health } from '../platform/eventlog/eventlog.ts';
import type { Filler, Filling } from '../platform/store/filling.ts';
import { openStore } from '../platform/store/store.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Topics } from '../platform/topics/topic.ts';
import type { Clock } from '../platform/units/clock.ts';
import type { Role } from './roles.ts';

export interface HistoryOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in what it writes. */
  readonly by: string;
  readonly roles: readonly Role[];
  readonly config: Config;
  /** The data folder. */
  readonly folder: string;
  /** One line for whoever watches this process. */
  readonly write: (line: string) => void;
}

export interface History {
  retune(config: Config): void;
  check(): Health;
  stop(): Promise<void>;
}

const STEPS: readonly [Role, (filler: Filler, topics: Topics) => Filling][] = [
  ['ingest', startArchive],
  ['detectors', startRecord],
  ['alerting', startChronicle],
];

/** @returns null where no history is kept, or none by these roles */
export function startHistory({ config, roles, folder, by, write, topics, ...common }: HistoryOptions): History | null {
  const steps = STEPS.filter(([role]) => roles.includes(role));
  if (config.store === null || steps.length === 0) return null;
  const store = openStore({ ...config.store, ...common, folder: join(folder, 'store'), write });
  const filler = { ...common, store, writer: by, folder: join(folder, 'spool') };
  const fillings = steps.map(([, start]) => start(filler, topics));
  return {
    retune: (next) => next.store && store.retain(next.store.retention),
    check: () => store.check(),
    async stop() {
      await Promise.all(fillings.map((filling) => filling.stop()));
      await store.close();
    },
  };
}
