/** What publish() costs an app: its own time at the median, and the CPU of everything that follows, sending included. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, DomainEvent } from '@plummet/sdk';
import type { BenchRow } from './row.ts';

const EVENTS_PER_BLOCK = 400;
const BLOCKS = 200;
/** The first one warms up. The least CPU of the others counts: whatever else the machine does can only add to it. */
const ROUNDS = 5;
/** A block each 2 ms: 200,000 events a second, with room for what happens in the background, as in an app. */
const PACE_MS = 2;

class OrderPlaced extends DomainEvent<{ amount: number; channel: string }> {
  static readonly type = 'order.placed';
}

class OrderSeen extends DomainEvent<{ amount: number; channel: string }> {
  static readonly type = 'order.seen';
}

interface Cost {
  /** Microseconds of one event's call at the median of the blocks. */
  readonly appMicros: number;
  /** Microseconds of CPU, of all threads, for one event. */
  readonly cpuMicros: number;
}

export async function publish(): Promise<BenchRow[]> {
  const sink = fork(fileURLToPath(new URL('./publish-sink.ts', import.meta.url)));
  const plummet = connect({ url: `http://127.0.0.1:${await portOf(sink)}`, producer: 'bench', flushAtExit: false });
  const off = [OrderPlaced.notifies(plummet), OrderSeen.notifies(() => {})];
  try {
    const whole = (amount: number): void => new OrderPlaced({ amount, channel: amount % 3 ? 'web' : 'app' }).publish();
    const empty = (amount: number): void => new OrderSeen({ amount, channel: amount % 3 ? 'web' : 'app' }).publish();
    const nothing: Cost[] = [];
    const sent: Cost[] = [];
    const stringified: Cost[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      nothing.push(await cost(empty));
      sent.push(await cost(whole, () => plummet.flush()));
      stringified.push(await cost(cloudEvent));
    }
    const { lost, delivered: taken, published } = plummet.stats();
    if (lost > 0 || taken !== published)
      throw new Error(`of ${published} events ${taken} arrived, ${lost} were lost: the figures mean nothing`);
    return [
      {
        name: 'publish(): time of the app for one event, delivered in the background',
        value: least('appMicros', sent),
        unit: 'microseconds at the median',
        against: 'the same class with an empty observer',
        ratio: least('appMicros', sent) / least('appMicros', nothing),
        floor: '<= 0.6 microseconds',
      },
      {
        name: 'publish(): CPU in all for one event, batching and sending over HTTP included',
        value: least('cpuMicros', sent),
        unit: 'microseconds of CPU',
        against: 'JSON.stringify of one CloudEvent for each event, sent nowhere',
        ratio: least('cpuMicros', sent) / least('cpuMicros', stringified),
        floor: '<= 1.5 microseconds',
      },
    ];
  } finally {
    for (const one of off) one();
    await plummet.close();
    sink.kill();
  }
}

function least(what: keyof Cost, rounds: readonly Cost[]): number {
  return Math.min(...rounds.slice(1).map((round) => round[what]));
}

async function cost(one: (amount: number) => unknown, end?: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const times = await blocks(one);
  await end?.();
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const median = times[BLOCKS >>> 1] as number;
  return { appMicros: (median * 1000) / EVENTS_PER_BLOCK, cpuMicros: (user + system) / (BLOCKS * EVENTS_PER_BLOCK) };
}

/** @returns milliseconds of each block */
async function blocks(one: (amount: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const start = performance.now();
    for (let i = 0; i < EVENTS_PER_BLOCK; i++) one(i);
    times.push(performance.now() - start);
    await sleep(PACE_MS);
  }
  return times;
}

/** What a client without the sdk does for each event at the least. */
function cloudEvent(amount: number): string {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'bench',
    type: 'order.placed',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { amount, channel: amount % 3 ? 'web' : 'app' },
  };
  return JSON.stringify(event);
}

async function portOf(sink: ChildProcess): Promise<number> {
  const [port] = (await once(sink, 'message')) as [number];
  return port;
}
