/** The event log as one process has it over the network: what it appends takes its time, may be lost on either way, or may come late. */
import type { Appended, EventLog, Handle, Health, LogRecord, Positions, Reader, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { EventLogError } from '../../platform/eventlog/problem.ts';
import type { Topic } from '../../platform/topics/topic.ts';
import { type Link, NoAnswer } from './link.ts';
import type { MemoryLog } from './memory-log.ts';

export class LinkedLog implements EventLog {
  /** The brokers, which outlive the process. */
  readonly #brokers: MemoryLog;
  readonly #own: MemoryLog;
  readonly #link: Link;

  constructor(brokers: MemoryLog, link: Link) {
    this.#brokers = brokers;
    this.#own = brokers.another();
    this.#link = link;
    link.process.onDeath(() => this.#own.kill());
  }

  async append(topic: Topic, records: readonly LogRecord[]): Promise<Appended[]> {
    return this.#ask(`append ${topic.name}`, () => this.#brokers.append(topic, records));
  }

  read(topic: Topic, positions: Positions, handle: Handle, only?: readonly number[]): Reader {
    const arriving = async (records: readonly StoredRecord[]): Promise<void> => {
      await this.#link.arrive();
      await handle(records);
    };
    const reader = this.#own.read(topic, positions, arriving, only);
    return {
      caughtUp: async () => {
        await this.#link.arrive();
        await reader.caughtUp();
      },
      stop: () => reader.stop(),
    };
  }

  ends(topic: Topic): Promise<Map<number, number>> {
    return this.#ask(`ends ${topic.name}`, () => this.#brokers.ends(topic));
  }

  positionsAt(topic: Topic, since: number): Promise<Map<number, number>> {
    return this.#ask(`positions ${topic.name}`, () => this.#brokers.positionsAt(topic, since));
  }

  check(): Promise<Health> {
    return this.#own.check();
  }

  close(): Promise<void> {
    return this.#own.close();
  }

  #ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.#link.ask(what, work).catch((error: unknown) => {
      if (error instanceof NoAnswer) throw new EventLogError('overloaded', `The event log does not answer (${error.message}).`);
      throw error;
    });
  }
}
