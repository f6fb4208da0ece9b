/** How long two weeks of a metric take to be tuned, and whether its delays are those of the judgement of the detector. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interval } from '../detectors/tuning/interval.ts';
import { daily, Traffic } from '../test/support/traffic.ts';
import { triedAt, tunedAt } from './detection/tuned.ts';
import type { BenchRow } from './row.ts';

const DAY_SECONDS = 86_400;
const DAYS = 14;
/** Their first second, a midnight. */
export const TWO_WEEKS_FROM = 1_793_577_600;
/** What is promised, on two cores. */
const SECONDS_MAX = 60;
const TRIES = 400;

export async function tuneBench(): Promise<BenchRow[]> {
  const value = secondsOfTwoWeeks();
  const against = `${SECONDS_MAX} s on two cores`;
  const row = {
    name: 'tune: two weeks of a metric, 144 settings',
    value,
    unit: 's',
    against,
    ratio: value / SECONDS_MAX,
    floor: SECONDS_MAX,
  };
  return [row, ...[20, 100].flatMap((rate) => [1, 0.8, 0.5].map((lost) => agreement(rate, lost)))];
}

function secondsOfTwoWeeks(): number {
  const rate = daily(40);
  const traffic = new Traffic(1);
  return tuneTwoWeeks((at) => traffic.count(rate(at)), []);
}

/**
 * Runs `plummet tune` on fourteen days of a metric called orders.
 *
 * @param count  events of each second
 * @returns      seconds that it took
 */
export function tuneTwoWeeks(count: (at: number) => number, flags: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'plummet-bench-'));
  try {
    const csv = join(folder, 'orders.csv');
    writeFileSync(csv, Array.from({ length: DAYS * DAY_SECONDS }, (_, at) => `${TWO_WEEKS_FROM + at},${count(at)}\n`).join(''));
    const program = new URL('../dist/app/cli/main.js', import.meta.url).pathname;
    const begun = performance.now();
    const given = ['tune', '--csv', 'orders.csv', '--data', folder, '--json', ...flags];
    const { status, stderr } = spawnSync(process.execPath, [program, ...given], { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`plummet tune ended with ${status}: ${stderr}`);
    return (performance.now() - begun) / 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The ratio of both delays; 99 % intervals that do not overlap are told. */
function agreement(rate: number, lost: number): BenchRow {
  const tuned = tunedAt(rate, lost, { moments: TRIES, hours: 4 * 24 });
  const tried = triedAt(rate, lost, { tries: TRIES, secondsDays: 2 });
  const alike = tuned.low <= tried.high && tried.low <= tuned.high;
  const name = `tune: seconds to see ${Math.round(lost * 100)}% lost at ${rate}/s`;
  const floor = alike ? 'the intervals overlap' : `the intervals do not overlap: ${span(tuned)} and ${span(tried)}`;
  return { name, value: tuned.value, unit: 's', against: 'the judgement of the detector', ratio: tuned.value / tried.value, floor };
}

const span = ({ low, high }: Interval): string => `${low.toFixed(2)} to ${high.toFixed(2)} s`;
