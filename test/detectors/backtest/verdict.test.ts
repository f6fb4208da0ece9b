/** Each kind of second has its sentence. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Explained, explain } from '../../../detectors/backtest/explain.ts';
import { verdict } from '../../../detectors/backtest/verdict.ts';
import type { SavedSteepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { falls, type Shape, sale, steady, Traffic } from '../../support/traffic.ts';
import { DAY, HOUR, live, MONDAY, PAGE_WHEN, warm } from '../steep-drop/world.ts';

const NOON = 8 * DAY + 14 * HOUR;
const usual = steady(100);
let known: SavedSteepDrop;
beforeAll(() => {
  known = warm({ traffic: new Traffic(1), shape: usual, at: NOON }).save();
});

interface Happens {
  readonly shape: Shape;
  /** Seconds after noon that is explained. */
  readonly at: number;
  readonly saved?: SavedSteepDrop | undefined;
  readonly missing?: (second: number) => boolean;
  readonly closed?: boolean;
}

/** The second of a metric that was at 100/s for a week. Spaces are plain, so that the sentences can be read here. */
function told({ shape, at, saved = known, missing, closed }: Happens): { reason: string; sentence: string; explained: Explained } {
  const detector = steepDrop(PAGE_WHEN, saved);
  const traffic = new Traffic(2);
  live(detector, { traffic, shape, from: NOON, to: NOON + at, ...(missing && { missing }) });
  const count = { second: MONDAY + NOON + at, n: traffic.count(shape(NOON + at)), share: 1 };
  const explained = explain(detector, count, closed);
  const { reason, sentence } = verdict(explained);
  return { reason, sentence: sentence.replaceAll(/[\u00a0\u202f]/g, ' '), explained };
}

const lost = (share: number, lasts = 900): Shape => falls(usual, { at: NOON + 60, left: 1 - share, lasts });

describe('a page', () => {
  test('of a total loss, from the fourth second on', () => {
    expect(told({ shape: lost(1), at: 62 })).toMatchObject({
      reason: 'not still down',
      sentence: 'Does not page: it has lasted 3 s so far, 4 s are asked.',
    });
    expect(told({ shape: lost(1), at: 63 })).toMatchObject({
      reason: 'pages',
      sentence: 'Pages: 100% below usual, 98/s to 0/s at −100 %/s; sure, deep, fast and still down.',
    });
  });

  test('is not sent again while it is out', () => {
    expect(told({ shape: lost(1), at: 64 }).sentence).toBe(
      'Does not page: a page is out since 14:01:03. From 14:06:03 on a second fall would page, too.',
    );
    expect(told({ shape: lost(1), at: 500 })).toMatchObject({
      reason: 'page is out',
      sentence: 'Does not page: a page is out since 14:01:03. It would take a second fall: nothing fell since.',
    });
    expect(told({ shape: lost(1), at: 970 }).sentence).toBe('Does not page: a page is out since 14:01:03. It is recovering.');
  });

  test('is sent again of a second fall', () => {
    const second = falls(lost(0.5), { at: NOON + 700, left: 0 });
    expect(told({ shape: second, at: 703 }).sentence).toMatch(/^Pages again: 100% below usual, 98\/s to 0\/s/);
  });
});

test('nothing fell', () => {
  // Of the seconds of healthy traffic, those in which no window lies visibly below another, and those in which one does.
  const seconds = [30, 31, 32, 33, 34, 35, 36, 37].map((at) => told({ shape: usual, at }));
  for (const { reason, sentence } of seconds)
    expect([reason, sentence]).toEqual(
      reason === 'nothing fell'
        ? ['nothing fell', expect.stringMatching(/^Does not page: nothing fell\. \d+\/s come in, \d+\/s are usual\.$/)]
        : ['not sure', expect.stringMatching(/^Does not page: it is not sure: \d+% below usual over [^.]+ is −\d\.\d σ, −6\.0 σ asked\.$/)],
    );
});

test('not deep enough', () => {
  const { reason, sentence } = told({ shape: lost(0.3), at: 80 });
  expect(reason).toBe('not deep');
  expect(sentence).toMatch(/^Does not page: it is not deep enough: (2|3)\d% below usual, 40% asked\.$/);
});

test('the end of a spike', () => {
  const { reason, sentence } = told({ shape: sale(usual, { at: NOON + 10, times: 5, lasts: 400 }), at: 420 });
  expect(reason).toBe('not deep');
  expect(sentence).toMatch(/^Does not page: it is the end of a spike: (only|still) \d+% (below|above) the last hour, 40% asked\.$/);
});

test('a dip that is over', () => {
  const { reason, sentence } = told({ shape: lost(1, 2), at: 62 });
  expect(reason).toBe('not still down');
  expect(sentence).toMatch(/^Does not page: it recovered in the newest second: \d+ came in, at most \d+ would still be down\.$/);
});

test('a slide', () => {
  const { reason, sentence } = told({ shape: falls(usual, { at: NOON + 60, left: 0.3, over: 240 }), at: 320 });
  expect(reason).toBe('not fast');
  expect(sentence).toMatch(/^Does not page: it is not fast: it takes [^.]+ to see it, \d+ s at most are allowed\.$/);
});

test('as low at this time of earlier days', () => {
  const closes: Shape = (second) => (second % DAY >= 22 * HOUR ? 5 : 100);
  const at = 8 * DAY + 22 * HOUR;
  const traffic = new Traffic(3);
  const detector = warm({ traffic, shape: closes, at });
  live(detector, { traffic, shape: closes, from: at, to: at + 5 });
  const { reason, sentence } = verdict(explain(detector, { second: MONDAY + at + 5, n: 5, share: 1 }));
  expect(reason).toBe('not deep');
  expect(sentence).toMatch(/it is as low at this time of earlier days/);
});

test('warming, also where it would have paged', () => {
  const cold = steepDrop(PAGE_WHEN);
  live(cold, { traffic: new Traffic(4), shape: usual, from: NOON - 1200, to: NOON });
  const saved = cold.save();
  expect(told({ shape: usual, at: 5, saved })).toMatchObject({
    reason: 'warming',
    sentence: 'Does not page: warming. 1,205 of 3,600 s are known, until then nobody is woken.',
  });
  expect(told({ shape: lost(1), at: 63, saved }).sentence).toMatch(/It would have paged, so warming begins anew\.$/);
});

test('a planned closing', () => {
  expect(told({ shape: lost(1), at: 63, closed: true }).sentence).toBe('Does not page: a planned closing. It would have paged.');
  expect(told({ shape: usual, at: 63, closed: true }).sentence).toMatch(/Nor would it have paged otherwise\.$/);
});

test('after a long gap the time of day is what is compared with', () => {
  const missing = (second: number): boolean => second >= NOON + 60 && second < NOON + 500;
  const [low, high] = [lost(0.95), usual];
  expect(told({ shape: low, at: 501, missing }).sentence).toBe(
    'Does not page: data came back 2 s ago after a long gap, and it is too soon to compare it with anything.',
  );
  expect(told({ shape: low, at: 503, missing })).toMatchObject({ reason: 'pages', explained: { pages: true } });
  expect(told({ shape: low, at: 503, missing }).sentence).toMatch(
    /^Pages: data came back 4 s ago after a long gap; it is 9\d% below this time of day over 4 s, 80% asked\.$/,
  );
  expect(told({ shape: high, at: 520, missing }).sentence).toMatch(/it is \d+% (above|below) this time of day over 4 s, 80% asked\.$/);
});

test('too slow', () => {
  const slow = steady(0.02);
  const saved = warm({ traffic: new Traffic(5), shape: slow, at: NOON }).save();
  const reasons = [100, 130, 160].map((at) => told({ shape: slow, at, saved }).reason);
  expect(reasons).toContain('too slow');
});
