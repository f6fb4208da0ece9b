/** A year of series through `plummet test`, on all cores: exact counts, noisy ones, and scenes, against deciding alone in one thread. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Traffic } from '../detectors/backtest/made-traffic.ts';
import { PAGE_WHEN_DEFAULT } from '../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../detectors/steep-drop/steep-drop.ts';
import type { BenchRow } from './row.ts';

const DAYS = 365;
const DAY = 86_400;
const YEAR_SECONDS_MAX = 10;
const ALONE_SECONDS = 1_000_000;
const START = Date.UTC(2026, 0, 13) / 1000;

const rule = 'page_when: {}';
const exact = `tests:\n${Array.from({ length: DAYS }, (_, day) => {
  const rate = 50 + (day % 8) * 100;
  const expect = '[{ page_within: 6s, after: 23h, resolved_within: 20m }]';
  return `  - { name: day ${day}, ${rule}, series: "${rate}x23h 0x600 ${rate}x3000", expect: ${expect} }\n`;
}).join('')}`;
const scenes = (times: number, sentence: string): string =>
  `scenes:\n  - { ${rule}, rate: 100, times: ${times}, passes: 95%, expect: ["${sentence}"] }\n`;
/** A scene has a day of its own before it, and takes 35 minutes: so many are a year. */
const outages = `scenes:\n  - { ${rule}, rate: 100, times: ${DAYS}, expect: ["outage at 14:00 pages within 6 s"] }\n`;

export async function ruleTests(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plummet-rule-tests-'));
  try {
    return [
      row(
        'a year of exact counts, a fall a day',
        played(folder, exact),
        decided(() => 100),
      ),
      row('a year of ordinary days, noisy', played(folder, scenes(DAYS, 'ordinary day: none')), decided(noisy())),
      row('a year of scenes, a day lived before each', played(folder, outages), decided(noisy())),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns seconds of the clock, and of series */
function played(folder: string, text: string): { readonly took: number; readonly seconds: number } {
  const file = join(folder, 'tests.yaml');
  writeFileSync(file, text);
  const main = new URL('../dist/app/cli/main.js', import.meta.url).pathname;
  const from = performance.now();
  const { stdout, status, stderr } = spawnSync(process.execPath, [main, 'test', file, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const took = (performance.now() - from) / 1000;
  if (status !== 0) throw new Error(`the bench's tests did not pass: ${stderr}${stdout.slice(0, 1000)}`);
  return { took, seconds: (JSON.parse(stdout) as { seconds: number }).seconds };
}

const noisy = (): (() => number) => {
  const traffic = new Traffic(1);
  return () => traffic.count(100);
};

/** @returns seconds of the clock that deciding takes for a second of series, in this thread alone */
function decided(draw: () => number): number {
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  const counts = Float64Array.from({ length: 2 * ALONE_SECONDS }, draw);
  const feed = (from: number): void => {
    for (let at = from; at < from + ALONE_SECONDS; at++) detector.next({ second: START + at, n: counts[at] as number, share: 1 });
  };
  feed(0);
  const from = performance.now();
  feed(ALONE_SECONDS);
  return (performance.now() - from) / 1000 / ALONE_SECONDS;
}

/** The ratio is against as many seconds decided on one after the other, in one thread. */
function row(name: string, { took, seconds }: { took: number; seconds: number }, alone: number): BenchRow {
  const bare = alone * DAYS * DAY;
  const against = `one thread that only decides on a year of seconds, made before (${bare.toFixed(1)} s)`;
  const judged = `${seconds.toLocaleString('en-US')} s judged`;
  return { name: `${name}: ${judged}`, value: took, unit: 's', against, ratio: took / bare, floor: YEAR_SECONDS_MAX };
}
