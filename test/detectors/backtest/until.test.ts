/** A file is replayed up to the second that is asked for, and what the file does not say of it is said. */
import { expect, test } from 'vitest';
import type { Rows } from '../../../detectors/backtest/csv.ts';
import { Replay } from '../../../detectors/backtest/replay.ts';
import { Until, type UntilOptions } from '../../../detectors/backtest/until.ts';
import { falls, steady, Traffic } from '../../support/traffic.ts';
import { HOUR, MONDAY, PAGE_WHEN } from '../steep-drop/world.ts';

const FALL = 3 * HOUR;
const traffic = new Traffic(1);
const shape = falls(steady(100), { at: FALL, left: 0, lasts: 300 });
const recorded = Array.from({ length: FALL + 900 }, (_, at) => ({ at, n: traffic.count(shape(at)) }));

function rowsOf(of: readonly { at: number; n: number }[]): Rows {
  return {
    seconds: Float64Array.from(of, ({ at }) => MONDAY + at),
    counts: Float64Array.from(of, ({ n }) => n),
    lines: Float64Array.from(of, (_, i) => i + 1),
    length: of.length,
  };
}

function ask(at: number, rows: readonly { at: number; n: number }[] = recorded, options: Partial<UntilOptions> = {}) {
  const until = new Until({ second: MONDAY + at, pageWhen: PAGE_WHEN, missing: 'nodata', ...options });
  // In chunks, as files come.
  let enough = false;
  for (let from = 0; from < rows.length && !enough; from += 1000) enough = until.take(rowsOf(rows.slice(from, from + 1000)));
  return { enough, reached: until.end(), read: until.read };
}

test('it pages in the very second that a backtest says', () => {
  const replay = new Replay({ pageWhen: PAGE_WHEN, missing: 'nodata' });
  replay.take(rowsOf(recorded));
  const [page] = replay.end().pages;
  const at = (page?.at as number) - MONDAY;
  expect(ask(at)).toMatchObject({ enough: true, reached: { is: 'explained', told: { pages: true, fall: { at: page?.at } } } });
  expect(ask(at - 1)).toMatchObject({ reached: { is: 'explained', told: { pages: false, outSince: null } } });
  expect(ask(at + 1)).toMatchObject({ reached: { is: 'explained', told: { pages: false, outSince: page?.at } } });
});

test('nothing after the second is read', () => {
  const wild = recorded.map((row) => (row.at > 500 ? { ...row, n: Number.NaN } : row));
  expect(ask(500, wild)).toMatchObject({ enough: true, reached: { is: 'explained' }, read: { to: MONDAY + 500 } });
});

test('a second without a row is no data, between the two that have one', () => {
  const torn = recorded.filter(({ at }) => at < FALL + 20 || at > FALL + 40);
  expect(ask(FALL + 30, torn)).toMatchObject({
    enough: true,
    reached: { is: 'no data', before: MONDAY + FALL + 19, after: MONDAY + FALL + 41, state: 'dropped', outSince: MONDAY + FALL + 3 },
  });
  expect(ask(FALL + 41, torn).reached).toMatchObject({ is: 'explained', told: { state: 'dropped' } });
});

test('or a true zero, where missing seconds are read so', () => {
  const torn = recorded.filter(({ at }) => at < 2 * HOUR || at > 2 * HOUR + 40);
  expect(ask(2 * HOUR + 3, torn, { missing: 'zero' }).reached).toMatchObject({ is: 'explained', told: { pages: true, count: 0 } });
  expect(ask(2 * HOUR + 41, torn, { missing: 'zero' }).reached).toMatchObject({
    is: 'explained',
    told: { outSince: MONDAY + 2 * HOUR + 3 },
  });
});

test('zeros for weeks are refused as a backtest refuses them', () => {
  const apart = [
    { at: 0, n: 1 },
    { at: 40 * 24 * HOUR, n: 1 },
  ];
  expect(() => ask(5, apart, { missing: 'zero' })).toThrow(/zeros fill/);
});

test('before and after the file it says how far that reaches', () => {
  const reaches = { is: 'outside', from: MONDAY, to: MONDAY + recorded.length - 1 };
  expect(ask(-1)).toMatchObject({ enough: false, reached: reaches });
  expect(ask(recorded.length)).toMatchObject({ enough: false, reached: reaches });
  expect(ask(0).reached).toMatchObject({ is: 'explained', told: { state: 'warming', warmSeconds: 0 } });
});

test('what is missing up to it is counted', () => {
  const torn = recorded.filter(({ at }) => at % 10 !== 0 || at === 0);
  expect(ask(1001, torn).read).toMatchObject({ from: MONDAY, to: MONDAY + 1001, missing: 100, stepSeconds: 1 });
});

test('a planned closing holds a page back', () => {
  const told = ask(FALL + 3, recorded, { closed: (second) => second >= MONDAY + FALL });
  expect(told.reached).toMatchObject({ is: 'explained', told: { pages: false, held: 'closed' } });
});
