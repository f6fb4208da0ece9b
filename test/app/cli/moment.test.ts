import { expect, test } from 'vitest';
import { momentNear, momentOf } from '../../../app/cli/moment.ts';

const iso = (second: number): string => new Date(second * 1000).toISOString();
const near = (text: string, now: string, timezone = 'Europe/Berlin'): string => iso(momentNear(text, { timezone, now: Date.parse(now) }));

test('a time of day is the last one of it, on the clock of the zone', () => {
  expect(near('14:03:08', '2026-11-20T13:03:08Z')).toBe('2026-11-20T13:03:08.000Z');
  expect(near('14:03:09', '2026-11-20T13:03:08Z')).toBe('2026-11-19T13:03:09.000Z');
  expect(near('14:03', '2026-07-20T15:00:00Z')).toBe('2026-07-20T12:03:00.000Z');
  expect(near('23:58:00', '2026-11-20T23:05:00Z')).toBe('2026-11-20T22:58:00.000Z');
});

test('on days on which clocks are changed it is where that day’s clock showed it', () => {
  // On 2026-03-29 two o'clock is three o'clock in Berlin; on 2026-10-25 three is two again.
  expect(near('01:30:00', '2026-03-29T04:00:00Z')).toBe('2026-03-29T00:30:00.000Z');
  expect(near('02:30:00', '2026-03-29T04:00:00Z')).toBe('2026-03-28T01:30:00.000Z');
  expect(near('02:30:00', '2026-10-25T04:00:00Z')).toBe('2026-10-25T01:30:00.000Z');
  expect(near('02:30:00', '2026-03-30T00:10:00Z')).toBe('2026-03-28T01:30:00.000Z');
  expect(near('01:55:00', '2026-03-29T01:05:00Z')).toBe('2026-03-29T00:55:00.000Z');
});

test('so long ago, now, and what every command takes', () => {
  expect(near('-5m', '2026-11-20T13:03:08.7Z')).toBe('2026-11-20T12:58:08.000Z');
  expect(near('now', '2026-11-20T13:03:08.7Z')).toBe('2026-11-20T13:03:08.000Z');
  expect(near('2026-11-20T14:03:08', '2026-11-20T13:03:08Z')).toBe(iso(momentOf('2026-11-20T14:03:08Z')));
  expect(() => near('-soon', '2026-11-20T13:03:08Z')).toThrow(/found "-soon"/);
  expect(() => near('25:00:00', '2026-11-20T13:03:08Z')).toThrow(/allowed is one second/);
});
