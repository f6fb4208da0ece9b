/** What a case of the event log's contract is given, and the few words the cases share. */
import type { EventLog, LogRecord, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Topic } from '../../platform/topics/topic.ts';

export interface EventLogWorld {
  readonly log: EventLog;
  /** Closes the log and opens another over the same records. */
  reopen(): Promise<EventLog>;
  /** Lets time pass on the clock that the log was given, real or made. */
  pass(durationMs: number): Promise<void>;
  /** Closes whatever is open and removes what it left. */
  end(): Promise<void>;
}

/** Over a log that goes by real time. @param open  the same records each time */
export async function realWorld(open: () => Promise<EventLog>): Promise<EventLogWorld> {
  let log = await open();
  return {
    log,
    async reopen() {
      await log.close();
      log = await open();
      return log;
    },
    pass: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    end: () => log.close(),
  };
}

export interface World extends EventLogWorld {
  readonly topic: Topic;
  readonly compacted: Topic;
  /** Lets time pass until it is so. */
  until(is: () => boolean): Promise<void>;
}

export type Open = () => Promise<World>;

export const PARTITIONS = [0, 1, 2];

export const record = (key: string, value: string, partition?: number): LogRecord =>
  partition === undefined ? { key, value } : { key, value, partition };

/** Everything there is, in the order of reading. */
export async function all(log: EventLog, topic: Topic): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  const reader = log.read(topic, new Map(), (records) => void seen.push(...records));
  await reader.caughtUp();
  await reader.stop();
  return seen;
}

export const of = (records: readonly StoredRecord[], partition: number): StoredRecord[] =>
  records.filter((one) => one.partition === partition);
