/** What one decision costs: `next(count)` against nothing but keeping the count, and what a metric takes in memory and in topic `state`. */

import { slowSlide } from '../detectors/slow-slide/slow-slide.ts';
import { PAGE_WHEN_DEFAULT } from '../detectors/steep-drop/page-when.ts';
import { type SteepDrop, steepDrop } from '../detectors/steep-drop/steep-drop.ts';
import { prng } from '../test/support/prng.ts';
import type { BenchRow } from './row.ts';

const RATES = [1, 50, 1000];
const WARM_SECONDS = 20_000;
const SECONDS = 300_000;
const PASSES = 3;
const START = Date.UTC(2025, 10, 21, 14) / 1000;
const KEPT_SECONDS = 2561;
const DAYS_KEPT = 16;
const METRICS = 200;
const MEMORY_FLOOR_BYTES = 16_384;

export async function next(): Promise<BenchRow[]> {
  const rows = RATES.map((rate) => {
    const counts = someCounts(rate);
    const bare = fastest(() => ring(counts));
    const value = fastest(() => decided(counts));
    const against = `a ring buffer that only keeps the count (${bare.toFixed(3)} us)`;
    return { name: `next(count): a metric-second at ${rate}/s`, value, unit: 'us', against, ratio: value / bare, floor: 20 };
  });
  const counts = someCounts(50);
  const bare = fastest(() => ring(counts));
  const slides = fastest(() => slid(counts));
  const json = JSON.stringify(lived(counts).save()).length;
  const numbers = bytesOfNumbers();
  const kept = KEPT_SECONDS * Uint32Array.BYTES_PER_ELEMENT;
  const against = `the ${KEPT_SECONDS.toLocaleString('en-US')} running sums alone, as 32 bits each`;
  return [
    ...rows,
    {
      name: 'slow slides: a metric-second, with three weeks known',
      value: slides,
      unit: 'us',
      against: `a ring buffer that only keeps the count (${bare.toFixed(3)} us)`,
      ratio: slides / bare,
      floor: 0.1,
    },
    {
      name: 'next(count): state as JSON, after 16 days',
      value: json,
      unit: 'bytes',
      against,
      ratio: json / kept,
      floor: 'none',
    },
    { name: 'next(count): numbers in memory', value: numbers, unit: 'bytes', against, ratio: numbers / kept, floor: MEMORY_FLOOR_BYTES },
  ];
}

/** Near Poisson counts, drawn before anything is timed. */
function someCounts(rate: number): Float64Array {
  const random = prng(rate);
  const draw = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float64Array.from({ length: WARM_SECONDS + SECONDS }, () => Math.max(0, Math.round(rate + Math.sqrt(rate) * draw())));
}

/** @returns CPU microseconds a second of traffic, of the best pass */
function fastest(pass: () => () => void): number {
  const times = Array.from({ length: PASSES }, () => {
    const timed = pass();
    const before = process.cpuUsage();
    timed();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / SECONDS;
  });
  return Math.min(...times);
}

function ring(counts: Float64Array): () => void {
  const sums = new Float64Array(KEPT_SECONDS);
  let slot = 0;
  return () => {
    for (let second = 0; second < SECONDS; second++) {
      const to = slot + 1 === KEPT_SECONDS ? 0 : slot + 1;
      sums[to] = (sums[slot] as number) + (counts[second] as number);
      slot = to;
    }
    if (!Number.isFinite(sums[slot])) throw new Error('the ring buffer of the bench kept no count');
  };
}

/** Each quarter hour is judged beside three earlier weeks. */
function slid(counts: Float64Array): () => void {
  const detector = slowSlide();
  const minutes = 22 * 1440;
  for (let at = 0; at < minutes; at++) detector.remember({ minute: START / 60 - minutes + at, rate: counts[at % WARM_SECONDS] as number });
  return () => {
    for (let at = 0; at < SECONDS; at++) detector.next({ second: START + at, n: counts[WARM_SECONDS + at] as number, share: 1 });
  };
}

/** A detector that knows its noise decides on the rest. */
function decided(counts: Float64Array): () => void {
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  feed(detector, counts, 0, WARM_SECONDS);
  return () => {
    const down = feed(detector, counts, WARM_SECONDS, WARM_SECONDS + SECONDS);
    if (down > 0) throw new Error(`healthy traffic of the bench was down for ${down} s`);
  };
}

/** @returns seconds that were down */
function feed(detector: SteepDrop, counts: Float64Array, from: number, to: number): number {
  let down = 0;
  for (let at = from; at < to; at++) {
    if (detector.next({ second: START + at, n: counts[at] as number, share: 1 }).isDown) down++;
  }
  return down;
}

function lived(counts: Float64Array): SteepDrop {
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  const minute = START / 60 - DAYS_KEPT * 1440;
  for (let at = 0; at < DAYS_KEPT * 1440; at++) detector.remember({ minute: minute + at, rate: counts[at] as number });
  feed(detector, counts, 0, WARM_SECONDS);
  return detector;
}

function bytesOfNumbers(): number {
  const before = process.memoryUsage().arrayBuffers;
  const metrics = Array.from({ length: METRICS }, () => steepDrop(PAGE_WHEN_DEFAULT));
  return (process.memoryUsage().arrayBuffers - before) / metrics.length;
}
