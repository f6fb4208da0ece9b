import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, DomainEvent } from '@plummet/sdk';
import { type Batch, decodeBatch } from '@plummet/sdk/batch';
import { afterEach, expect, test } from 'vitest';
import { openFileLog } from '../../platform/eventlog/file/file.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { listening, TOPICS } from '../ingest/gate.ts';
import { hearing } from './hearing.ts';

class Ordered extends DomainEvent<{ amount: number; note: string }> {
  static readonly type = 'order.placed';
}
class Spied extends DomainEvent {
  static readonly type = 'spy.seen';
}

const KEY = 'a-key-that-nobody-guesses';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The real gateway over files; the key may write orders only. */
async function opened(): Promise<{ url: string; batches: () => Promise<Batch[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plummet-sdk-'));
  closers.push(() => rm(folder, { recursive: true }));
  const log = await openFileLog({ folder, clock: systemClock, topics: Object.values(TOPICS) });
  closers.push(() => log.close());
  const keys = [{ name: 'shop', key: KEY, types: ['order.placed'] }];
  const server = await listening({ log, topics: TOPICS, clock: systemClock, telemetry: silentTelemetry, keys });
  closers.push(server.close);
  const batches = async (): Promise<Batch[]> => {
    const read: Batch[] = [];
    const reader = log.read(TOPICS.events, new Map(), (records) => void read.push(...records.map(({ value }) => decodeBatch(value))));
    await reader.caughtUp();
    await reader.stop();
    return read.sort((a, b) => a.seq - b.seq);
  };
  return { url: server.url, batches };
}

test('what an app publishes is in the event log of the real gateway, each event once; what its key may not write is lost', async () => {
  const { url, batches } = await opened();
  const heard = hearing();
  closers.push(() => heard[Symbol.dispose]());
  const plummet = connect({ url, key: KEY, producer: 'shop', flushAtExit: false });
  closers.push(() => plummet.close(), Ordered.notifies(plummet), Spied.notifies(plummet));
  for (let amount = 0; amount < 5000; amount++) {
    new Ordered({ amount, note: 'ü "\\n' }).publish();
    if (amount % 1000 === 0) await pause(20);
  }
  expect(await plummet.flush()).toBe(true);
  new Spied().publish();
  expect(await plummet.close()).toBe(true);
  const all = await batches();
  expect(all.flatMap(({ events }) => events.map(([, , data]) => data?.amount))).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  expect(new Set(all.map(({ producer }) => producer))).toEqual(new Set([plummet.stats().producer]));
  expect(all.at(-1)).toMatchObject({ bye: true, published: 5001, lost: { 'spy.seen': [[0, 1]] } });
  expect(plummet.stats()).toMatchObject({ published: 5001, delivered: 5000, lost: 1, queued: 0 });
  expect(heard.warnings).toEqual([expect.stringMatching(/the key "shop" may not write.*allow spy\.seen for this key/)]);
});
