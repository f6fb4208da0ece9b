import { expect, test } from 'vitest';
import { showClock, showDay, showWeekdayHour, showZone } from '../../../platform/units/clock-time.ts';
import { showLoss, showSigmas, showSigned, showSlope } from '../../../platform/units/numbers.ts';

const WINTER = Date.UTC(2026, 10, 20, 13, 3, 8);
const SUMMER = Date.UTC(2026, 6, 20, 22, 30, 0);

test.each([
  [WINTER, 'Europe/Berlin', '14:03:08', 'CET', 'Fri 20 Nov 2026', 'Fri 14:03'],
  [SUMMER, 'Europe/Berlin', '00:30:00', 'CEST', 'Tue 21 Jul 2026', 'Tue 00:30'],
  [WINTER, 'America/New_York', '08:03:08', 'EST', 'Fri 20 Nov 2026', 'Fri 08:03'],
  [WINTER, 'Asia/Kolkata', '18:33:08', 'GMT+5:30', 'Fri 20 Nov 2026', 'Fri 18:33'],
  [WINTER, 'UTC', '13:03:08', 'UTC', 'Fri 20 Nov 2026', 'Fri 13:03'],
])('%i in %s reads as a clock on the wall there shows it', (at, zone, clock, name, day, hour) => {
  expect([showClock(at, zone), showZone(at, zone), showDay(at, zone), showWeekdayHour(at, zone)]).toEqual([clock, name, day, hour]);
});

test('signed numbers have a true minus, their unit never parts from them, and nothing is ever minus zero', () => {
  expect(showSigned(-8.66, 1)).toBe('\u22128.7');
  expect(showSigned(-0.04, 1)).toBe('0.0');
  expect(showSigmas(-6)).toBe('\u22126\u00a0σ');
  expect(showSlope(-15.5)).toBe('\u221215.5\u202f%/s');
  expect(showLoss(0.62)).toBe('\u221262%');
  expect(showLoss(0)).toBe('0%');
});
