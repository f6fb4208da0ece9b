/** What one metric-second costs the detector, against the least anybody could do with a count: put it into a ring and a mean. */
import { steepDrop } from '../detectors/steep-drop/steep-drop.ts';
import type { BenchRow } from './row.ts';

const SECONDS = 400_000;
const PAGE_WHEN = { drop: 0.4, withinSeconds: 0.4 / 0.03, falsePagesPerYear: 1, forSeconds: 4 };

/** Counts of a metric of some 100/s, made before the clock runs. */
function counts(): Uint32Array {
  let state = 7;
  return Uint32Array.from({ length: SECONDS }, () => {
    // A sum of eight uniform numbers: near enough to the noise of real counts, and cheap.
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 4_294_967_296;
    }
    return Math.round(100 + (sum - 4) * 12);
  });
}

function microsecondsEach(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / SECONDS;
}

export async function next(): Promise<BenchRow[]> {
  const made = counts();
  const detector = steepDrop(PAGE_WHEN);
  const first = 1_700_000_000;
  const value = microsecondsEach(() => {
    for (let i = 0; i < SECONDS; i++) detector.next({ second: first + i, n: made[i] as number, share: 1 });
  });
  const ring = new Float64Array(512);
  const means = new Float64Array(1);
  const bare = microsecondsEach(() => {
    for (let i = 0; i < SECONDS; i++) {
      const n = made[i] as number;
      means[0] = (means[0] as number) + (n - (ring[i & 511] as number)) / 512;
      ring[i & 511] = n;
    }
  });
  const bytes = JSON.stringify(detector.save()).length;
  const floor = '<= 20 microseconds and 16 kB a metric';
  return [
    { name: 'next(count)', value, unit: 'microseconds of CPU a metric-second', against: 'a ring and its mean', ratio: value / bare, floor },
    { name: 'saved state', value: bytes, unit: 'bytes as JSON', against: '16 kB', ratio: bytes / 16_384, floor },
  ];
}
