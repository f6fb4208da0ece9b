/** A gateway for tests: over the memory log, on a clock that the test moves, with or without a real server before it. */

import type { AddressInfo } from 'node:net';
import { BATCH_CONTENT_TYPE, type Batch, type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import Fastify from 'fastify';
import { serverLimits } from '../../ingest/admission/limits.ts';
import type { Answer } from '../../ingest/answer.ts';
import { createIntake, gateway, type Intake, type IntakeOptions } from '../../ingest/gateway.ts';
import type { IntakeRequest } from '../../ingest/intake.ts';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { type DeadLetter, decodeDeadLetter } from '../../platform/topics/dead-letters.ts';
import type { ForeignEvent } from '../../platform/topics/events.ts';
import { type Topic, topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { ManualClock, settled } from '../support/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';

export const TOPICS = topics();
export const T0 = Date.UTC(2025, 10, 21, 14);

export interface Gate {
  readonly intake: Intake;
  /** Moves only when told to. */
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  /** What telemetry was told: `deadLetter bad-json` → how many. */
  readonly counted: ReadonlyMap<string, number>;
  take(body: IntakeRequest['body'], contentType?: string, more?: Partial<IntakeRequest>): Promise<Answer>;
  events(): StoredRecord[];
  foreign(): ForeignEvent[];
  deadLetters(): Promise<DeadLetter[]>;
}

/** @param real  the gateway runs on real time instead of `clock` */
export function gate(options: Partial<Pick<IntakeOptions, 'keys' | 'limits'>> = {}, real = false): Gate {
  const clock = new ManualClock();
  const log = memoryLog({ clock });
  const counted = new Map<string, number>();
  const telemetry = telemetryTo((name, { labels = [] }, fields) => {
    const key = [name, ...labels.map((label) => fields[label])].join(' ');
    counted.set(key, (counted.get(key) ?? 0) + (fields.value ?? 1));
  });
  const intake = createIntake({ log, topics: TOPICS, clock: real ? systemClock : clock, telemetry, ...options });
  const all = (topic: Topic): StoredRecord[] => Array.from({ length: topic.partitions }, (_, p) => log.records(topic, p)).flat();
  const events = (): StoredRecord[] => all(TOPICS.events);
  return {
    ...{ intake, clock, log, counted, events },
    take: (body, contentType = 'application/json', more = {}) => intake.take({ contentType, headers: {}, body, ...more }),
    foreign: () => events().flatMap(({ value }) => JSON.parse(value) as ForeignEvent[]),
    deadLetters: async () => {
      await settled();
      return all(TOPICS.deadLetters).map(decodeDeadLetter);
    },
  };
}

export interface Listening {
  readonly port: number;
  readonly url: string;
  post(
    body: string | Uint8Array,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  close(): Promise<void>;
}

/** A real server with the limits of the real one. */
export async function listening(from: IntakeOptions | Intake): Promise<Listening> {
  const app = Fastify({ ...serverLimits, forceCloseConnections: true });
  await app.register(gateway(from));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/events`;
  return {
    ...{ port, url },
    post: async (body, headers = {}) => {
      const response = await fetch(url, {
        method: 'POST',
        body: body as BodyInit,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown>, headers: response.headers };
    },
    close: () => app.close(),
  };
}

export { BATCH_CONTENT_TYPE };

export function batchText(events: BatchEvent[] = [['order.placed', 0, { amount: 42 }]], head: Partial<Batch> = {}): string {
  const plain = { producer: 'shop-web-3#k3v9x0q2m7t1c5zd', seq: 7, published: 900, sent: T0 + 100, until: T0 + 77, t0: T0, lost: {} };
  return encodeBatch({ ...plain, tally: tallyOf(T0, events), events, ...head });
}
