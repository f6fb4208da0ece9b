/** What senders know of their events, and what an event log in files holds once its process is gone. */
import { join } from 'node:path';
import type { EventLog, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../platform/eventlog/file/file.ts';
import { type Topic, topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';

export interface Amount {
  readonly n: number;
  readonly sum: number;
}

/** Events and their values by name and second. */
export class Books {
  readonly #entries = new Map<string, Amount>();

  enter(name: string, second: number, { n, sum }: Amount): void {
    const known = this.of(name, second);
    this.#entries.set(`${name} ${second}`, { n: known.n + n, sum: known.sum + sum });
  }

  of(name: string, second: number): Amount {
    return this.#entries.get(`${name} ${second}`) ?? { n: 0, sum: 0 };
  }

  get events(): number {
    return [...this.#entries.values()].reduce((all, { n }) => all + n, 0);
  }

  /** Of every entry, in the order of the seconds. */
  seconds(): number[] {
    return [...new Set([...this.#entries.keys()].map((key) => Number(key.split(' ')[1])))].sort((a, b) => a - b);
  }
}

/** Opens the event log of a data folder that no process has, for as long as `use` takes. */
export async function inEventLog<T>(data: string, use: (log: EventLog) => Promise<T>): Promise<T> {
  const log = await openFileLog({ folder: join(data, 'log'), clock: systemClock, topics: Object.values(topics()) });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

/** Every record that a topic holds now. */
export async function recordsOf(log: EventLog, topic: Topic): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  const reader = log.read(topic, new Map(), (records) => void all.push(...records));
  await reader.caughtUp();
  await reader.stop();
  return all;
}
