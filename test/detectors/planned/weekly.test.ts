import { expect, test } from 'vitest';
import { itemOf, planOf } from '../../../detectors/planned/items.ts';
import { parseWeekly } from '../../../detectors/planned/weekly.ts';
import { ianaZone } from '../../../detectors/planned/zone.ts';

const at = (iso: string): number => Date.parse(iso) / 1000;

function closedBy(text: string, zone: string): (second: number) => boolean {
  const item = itemOf(text, {});
  if (typeof item === 'string') throw new Error(text);
  const plan = planOf([item], ianaZone(zone));
  return (second) => plan.holds(second);
}

test('a weekly closing holds on its day, by the clock of its time zone', () => {
  const closed = closedBy('Sun 02:00-04:00', 'Europe/Berlin');
  expect(closed(at('2026-11-22T01:00:00Z'))).toBe(true);
  expect(closed(at('2026-11-22T00:59:59Z'))).toBe(false);
  expect(closed(at('2026-11-22T02:59:59Z'))).toBe(true);
  expect(closed(at('2026-11-22T03:00:00Z'))).toBe(false);
  expect(closed(at('2026-11-23T01:00:00Z'))).toBe(false);
});

test('a closing that ends before it begins reaches into the next day', () => {
  const daily = closedBy('daily 23:30-05:00', 'UTC');
  expect(['23:29:59', '23:30:00', '00:00:00', '04:59:59', '05:00:00'].map((time) => daily(at(`2026-11-21T${time}Z`)))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  const weekly = closedBy('Sat 23:00-01:00', 'UTC');
  expect(weekly(at('2026-11-22T00:30:00Z'))).toBe(true);
  expect(weekly(at('2026-11-21T00:30:00Z'))).toBe(false);
});

test('the clock change moves a closing with the clock on the wall', () => {
  const closed = closedBy('daily 12:00-13:00', 'America/New_York');
  expect(closed(at('2026-10-31T16:30:00Z'))).toBe(true);
  expect(closed(at('2026-11-02T16:30:00Z'))).toBe(false);
  expect(closed(at('2026-11-02T17:30:00Z'))).toBe(true);
});

test('what is no closing is refused', () => {
  for (const text of ['Sundays', 'Sun 2:00-4:00', 'Sun 02:00', 'Sun 25:00-26:00', 'daily 10:00-10:00', 'daily 10:00-24:30', '']) {
    expect(parseWeekly(text), text).toBeNull();
  }
});
