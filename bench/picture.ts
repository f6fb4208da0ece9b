/** What the picture of a page costs: until it is drawn by the warm thread, in the thread that pages, and what is kept for it. */
import { LastSeconds } from '../alerting/incident/last-seconds.ts';
import type { WatchedMetric } from '../alerting/incident/severity.ts';
import type { FallScene } from '../platform/charts/fall.ts';
import { rasterize, rasterizeFall, warmRaster } from '../platform/charts/png.ts';
import { decodeSignals, signalsRecord } from '../platform/topics/signals.ts';
import { prng } from '../test/support/prng.ts';
import type { BenchRow } from './row.ts';

const DRAWINGS = 200;
const PAUSE_MS = 20;
const DRAWN_FLOOR_MS = 150;
const BYTES_FLOOR = 60_000;
const HELD_FLOOR_MS = 5;
const SERIES = 10_000;
const SECONDS = 60;
const RING_SECONDS = 660;
const START = Date.UTC(2025, 10, 21, 14) / 1000;

export async function pictureBench(): Promise<BenchRow[]> {
  return [...(await drawn()), ...kept()];
}

async function drawn(): Promise<BenchRow[]> {
  warmRaster();
  // It stands in line behind the warm-up.
  await picture(0);
  const first = await timed(() => picture(1));
  const blank = '<svg xmlns="http://www.w3.org/2000/svg" width="536" height="276"/>';
  const bare = [];
  for (let i = 0; i < 20; i++) bare.push((await timed(() => rasterize(blank))).ms);
  const times: number[] = [];
  const held: number[] = [];
  let bytes = 0;
  for (let i = 0; i < DRAWINGS; i++) {
    const { ms, heldMs, value } = await timed(() => picture(i));
    times.push(ms);
    held.push(heldMs);
    bytes = Math.max(bytes, value.length);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const blankMs = quantile(bare, 0.5);
  const against = `an empty picture of that size by the same thread (${blankMs.toFixed(1)} ms)`;
  const row = (name: string, value: number): BenchRow => ({
    name,
    value,
    unit: 'ms',
    against,
    ratio: value / blankMs,
    floor: DRAWN_FLOOR_MS,
  });
  const asking = quantile(held, 0.99);
  return [
    row('picture: of the first page after the start', first.ms),
    row('picture: p50 of 200', quantile(times, 0.5)),
    row('picture: p99 of 200', quantile(times, 0.99)),
    {
      name: 'picture: largest of 200',
      value: bytes,
      unit: 'bytes',
      against: 'a byte a pixel',
      ratio: bytes / (1072 * 552),
      floor: BYTES_FLOOR,
    },
    {
      name: 'picture: the asking thread is held for, p99',
      value: asking,
      unit: 'ms',
      against: 'the drawing itself',
      ratio: asking / quantile(times, 0.5),
      floor: HELD_FLOOR_MS,
    },
  ];
}

/** One that is given up counts as long as it took: the page went without it. */
function picture(seed: number): Promise<Uint8Array> {
  return rasterizeFall(sceneOf(seed)).catch(() => new Uint8Array());
}

interface Timed<T> {
  readonly ms: number;
  /** CPU of the asking thread alone cannot be told apart, so what is timed is the call until it hands over. */
  readonly heldMs: number;
  readonly value: T;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const before = performance.now();
  const working = work();
  const heldMs = performance.now() - before;
  const value = await working;
  return { ms: performance.now() - before, heldMs, value };
}

/** What alerting keeps, were all of 10,000 series critical: beside reading the record that it takes them from. */
function kept(): BenchRow[] {
  const random = prng(5);
  const metrics = Array.from({ length: SERIES }, (_, i): WatchedMetric => {
    return { name: `m${i}`, series: `m${i}~1`, kind: 'write', critical: true };
  });
  const { value } = signalsRecord({
    ...{ second: START, by: 'bench', at: START * 1000, silent: [], producers: 1 },
    signals: metrics.map(({ series }) => ({
      ...{ series, state: 'normal' as const, rate: 50, usual: 50, derivative: 0.1, steepness: -0.5, drop: 0.01 },
      n: Math.floor(100 * random()),
    })),
  });
  const record = { partition: 0, offset: 0, appendedAt: 0, key: 'bench', value, headers: {} };
  const before = process.memoryUsage();
  const seconds = new LastSeconds();
  seconds.watch(metrics);
  const after = process.memoryUsage();
  let reading = 0;
  let taking = 0;
  for (let i = 0; i < SECONDS; i++) {
    const from = performance.now();
    const { signals } = decodeSignals(record);
    const read = performance.now();
    for (const signal of signals) seconds.take(START + i, signal);
    reading += read - from;
    taking += performance.now() - read;
  }
  const bytes = (after.arrayBuffers - before.arrayBuffers) / SERIES;
  const ms = taking / SECONDS;
  const readMs = reading / SECONDS;
  return [
    {
      name: 'picture: keeping a second of 10,000 series',
      value: ms,
      unit: 'ms',
      against: `reading its record (${readMs.toFixed(1)} ms)`,
      ratio: ms / readMs,
      floor: HELD_FLOOR_MS,
    },
    {
      name: 'picture: kept of a series',
      value: bytes,
      unit: 'bytes',
      against: `${RING_SECONDS} numbers of 32 bits`,
      ratio: bytes / (RING_SECONDS * Float32Array.BYTES_PER_ELEMENT),
      floor: 4096,
    },
  ];
}

function sceneOf(seed: number): FallScene {
  const random = prng(seed + 1);
  const usual = 118;
  const counts = Array.from({ length: RING_SECONDS }, (_, i) => {
    const mean = i < RING_SECONDS - 5 ? usual : 45;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  });
  const [from, at] = [START + RING_SECONDS - 5, START + RING_SECONDS - 1];
  const numbers = { usual, rateAfter: 45, drop: 0.62, derivative: -15.5, steepness: -8.7, threshold: -6, hour: null, day: null };
  return { name: 'orders', from, at, start: START, counts, ...numbers, isLive: true, isBare: true };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
