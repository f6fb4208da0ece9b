/** What keeps history: the steps that fill the store that the configuration names, and its roller. Nothing that pages waits for it. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { startChronicle } from '../alerting/chronicle.ts';
import { startRecord } from '../detectors/record.ts';
import { startArchive } from '../ingest/archive.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Filler, Filling } from '../platform/store/filling.ts';
import { startRoller } from '../platform/store/roller.ts';
import type { Store } from '../platform/store/store.ts';
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
  readonly store: Store;
  /** The data folder. */
  readonly folder: string;
}

export interface History {
  stop(): Promise<void>;
}

const STEPS: readonly [Role, (filler: Filler, topics: Topics) => Filling][] = [
  ['ingest', startArchive],
  ['detectors', startRecord],
  ['alerting', startChronicle],
];

const RANDOM_MAX = 2 ** 32;

export function startHistory({ store, roles, folder, by, topics, ...common }: HistoryOptions): History {
  const filler = { ...common, store, writer: by, folder: join(folder, 'spool') };
  const fillings = STEPS.filter(([role]) => roles.includes(role)).map(([, start]) => start(filler, topics));
  const parts: { stop(): Promise<void> }[] = [...fillings];
  if (roles.includes('detectors')) parts.push(startRoller({ ...common, store, random: () => randomInt(RANDOM_MAX) / RANDOM_MAX }));
  return { stop: async () => void (await Promise.all(parts.map((part) => part.stop()))) };
}
