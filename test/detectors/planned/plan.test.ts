import { expect, test } from 'vitest';
import { type Item, itemOf, planOf } from '../../../detectors/planned/items.ts';
import { overlapsAlways, overlapsOnce } from '../../../detectors/planned/overlap.ts';
import { expectedBy, NO_PLAN, type Plan } from '../../../detectors/planned/plan.ts';
import { ianaZone } from '../../../detectors/planned/zone.ts';

const at = (iso: string): number => Date.parse(iso) / 1000;
const berlin = ianaZone('Europe/Berlin');

function item(text: string): Item {
  const read = itemOf(text, {});
  if (typeof read === 'string') throw new Error(read);
  return read;
}
const plan = (...texts: string[]): Plan => planOf(texts.map(item), berlin);

test('a window with dates is by the clock on the wall, across its changes', () => {
  const spring = plan('2026-03-28 08:00 to 2026-03-30 08:00').next(at('2026-03-01T00:00:00Z'));
  expect(spring).toMatchObject({ from: at('2026-03-28T07:00:00Z'), to: at('2026-03-30T06:00:00Z') });
  const autumn = plan('2026-10-24 08:00 to 2026-10-26 24:00');
  expect(autumn.at(at('2026-10-24T05:59:59Z'))).toBeNull();
  expect(autumn.at(at('2026-10-24T06:00:00Z'))).toMatchObject({ to: at('2026-10-26T23:00:00Z') });
  expect(autumn.at(at('2026-10-26T23:00:00Z'))).toBeNull();
});

test('a window of an hour that is skipped is over at once after it, and one of an hour that comes twice holds in both', () => {
  const skipped = plan('Sun 02:00-03:00').windowsOf(at('2026-03-29T00:00:00Z'));
  expect(skipped.every(({ from, to }) => to - from <= 3600)).toBe(true);
  const twice = plan('Sun 02:00-03:00').windowsOf(at('2026-10-25T00:00:00Z'));
  expect(twice.map(({ from, to }) => [from, to])).toEqual([[at('2026-10-25T00:00:00Z'), at('2026-10-25T02:00:00Z')]]);
});

test('what cannot be is none', () => {
  expect(itemOf('2026-02-30 08:00 to 2026-03-01 08:00', {})).toBe(': there is no 2026-02-30 08:00');
  expect(itemOf('2026-03-02 08:00 to 2026-03-01 08:00', {})).toBe(': it ends before it begins');
  expect(itemOf('2026-03-02 24:01 to 2026-03-03 08:00', {})).toBe(': there is no 2026-03-02 24:01');
  expect(itemOf('tomorrow', {})).toBe('');
});

test('in the last five minutes of a planned event the time of day guards again, not where another follows', () => {
  const expected = expectedBy(plan('Fri 18:00-20:00', 'Fri 20:00-21:00'));
  const seconds = ['17:59:59', '18:00:00', '19:59:00', '20:54:59', '20:55:00', '21:00:00'];
  expect(seconds.map((time) => expected(at(`2026-06-05T${time}+02:00`)))).toEqual([false, true, true, true, false, false]);
  expect(expectedBy(NO_PLAN)(at('2026-06-05T19:00:00Z'))).toBe(false);
});

test('the same hours of the week, or of the same days, contradict each other; others meet now and then', () => {
  const pairs = (a: string, b: string): boolean => overlapsAlways(item(a), item(b));
  expect(pairs('daily 03:30-05:00', 'Sun 02:00-04:00')).toBe(true);
  expect(pairs('Sat 23:00-01:00', 'Sun 00:30-02:00')).toBe(true);
  expect(pairs('Sun 04:00-05:00', 'Sun 02:00-04:00')).toBe(false);
  expect(pairs('2026-12-26 10:00 to 2026-12-26 22:00', '2026-12-24 14:00 to 2026-12-27 06:00')).toBe(true);
  expect(pairs('2026-12-26 10:00 to 2026-12-26 22:00', 'Sat 12:00-13:00')).toBe(false);
  const context = { zone: berlin, now: at('2026-11-22T00:00:00Z') };
  expect(overlapsOnce(item('2026-12-26 10:00 to 2026-12-26 22:00'), item('Sat 12:00-13:00'), context)).toBe(at('2026-12-26T11:00:00Z'));
  expect(overlapsOnce(item('2026-12-26 10:00 to 2026-12-26 22:00'), item('Sun 12:00-13:00'), context)).toBeNull();
});

test('what comes next is found a year ahead, and what holds now is not next', () => {
  expect(plan('2026-11-27 08:00 to 2026-11-30 23:59').next(at('2026-01-01T00:00:00Z'))?.from).toBe(at('2026-11-27T07:00:00Z'));
  expect(plan('2026-11-27 08:00 to 2026-11-30 23:59').next(at('2026-11-28T00:00:00Z'))).toBeNull();
  expect(
    plan('daily 18:00-19:00')
      .coming(at('2026-06-05T16:30:00Z'), { days: 3, most: 2 })
      .map(({ from }) => from),
  ).toEqual([at('2026-06-05T16:00:00Z'), at('2026-06-06T16:00:00Z')]);
});
