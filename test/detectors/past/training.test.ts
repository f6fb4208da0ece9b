import { expect, test } from 'vitest';
import type { Past, PastSeconds } from '../../../detectors/past/past.ts';
import { Training } from '../../../detectors/past/training.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../support/traffic.ts';
import { PAGE_WHEN } from '../detect-world.ts';

/** The first second that comes live: 14:00 UTC of some day. */
const NOW = 1_763_733_600;
const HOUR = 3600;
const DAY_MINUTES = 1440;
const RATE = 50;

const traffic = new Traffic(4);

/** Seconds from `from` up to `to`, told from NOW on; null: nothing is known of one. */
function seconds(from: number, to: number, rate: (at: number) => number | null): PastSeconds {
  const found = { seconds: [] as number[], counts: [] as number[], shares: [] as number[] };
  for (let at = from; at < to; at++) {
    const here = rate(at);
    if (here === null) continue;
    found.seconds.push(NOW + at);
    found.counts.push(traffic.count(here));
    found.shares.push(1);
  }
  return found;
}

function past(known: PastSeconds, { isOurs = true, days = 8, rate = RATE } = {}): Past {
  const first = Math.floor((NOW - 4 * HOUR) / 60) - days * DAY_MINUTES;
  const minutes = Array.from({ length: days * DAY_MINUTES }, (_, i) => first + i);
  return { minutes: { minutes, rates: minutes.map(() => rate) }, seconds: known, isOurs };
}

function trained(known: Past, live: PastSeconds): Training {
  const training = new Training({ pageWhen: PAGE_WHEN }, known);
  while (!training.learn(777));
  training.begin(live.seconds[0] as number);
  training.catchUp(live);
  return training;
}

const steady = seconds(-4 * HOUR, 0, () => RATE);

test('what is learned in slices is what a detector knows that lived through it', () => {
  const lived = steepDrop(PAGE_WHEN);
  const given = past(steady);
  for (const [i, minute] of given.minutes.minutes.entries()) lived.remember({ minute, rate: given.minutes.rates[i] as number });
  for (const [i, second] of steady.seconds.entries()) lived.next({ second, n: steady.counts[i] as number, share: 1 });
  const training = new Training({ pageWhen: PAGE_WHEN }, given);
  let slices = 1;
  while (!training.learn(1000)) slices++;
  expect(slices).toBeGreaterThan(20);
  expect(training.detector.save()).toEqual(lived.save());
});

test('it is warm at once, and knows this time of day', () => {
  const { finding } = trained(
    past(steady),
    seconds(0, 5, () => RATE),
  );
  expect(finding).toMatchObject({ state: 'normal', isDown: false });
  expect(finding?.day).toBeCloseTo(RATE, 0);
});

test('an outage that began before the switch and lasts is found, wherever it began', () => {
  for (const from of [-1800, -30, 2]) {
    const broken = (at: number): number => (at >= from ? 0 : RATE);
    const { finding } = trained(past(seconds(-4 * HOUR, 0, broken)), seconds(0, 20, broken));
    expect({ from, state: finding?.state }).toEqual({ from, state: 'dropped' });
    expect(Math.abs((finding?.fall?.from as number) - NOW - from)).toBeLessThanOrEqual(2);
  }
});

test('an outage of the past that has ended is none of now', () => {
  for (const until of [-1800, -90]) {
    const mended = (at: number): number => (at >= until - 600 && at < until ? 0 : RATE);
    const { finding } = trained(
      past(seconds(-4 * HOUR, 0, mended)),
      seconds(0, 20, () => RATE),
    );
    expect({ until, finding }).toMatchObject({ until, finding: { state: 'normal', isDown: false } });
  }
});

test('an outage that nobody has seen the end of is none of now when data comes back well', () => {
  const known = past(seconds(-4 * HOUR, -HOUR, (at) => (at >= -HOUR - 60 ? 0 : RATE)));
  const training = new Training({ pageWhen: PAGE_WHEN }, known);
  training.learn(Number.POSITIVE_INFINITY);
  expect(training.finding?.state).toBe('dropped');
  training.begin(NOW);
  training.catchUp(seconds(0, 30, () => RATE));
  expect(training.finding).toMatchObject({ state: 'normal', isDown: false });
});

test('after a downtime of days an outage is found by the time of day', () => {
  const known = past(seconds(-28 * HOUR, -24 * HOUR, () => RATE));
  expect(
    trained(
      known,
      seconds(0, 20, () => 0),
    ).finding?.state,
  ).toBe('dropped');
  expect(
    trained(
      known,
      seconds(0, 20, () => RATE),
    ).finding?.state,
  ).toBe('normal');
});

test('the step from what another has counted to what is counted here is no fall, with a gap between them and without', () => {
  for (const until of [0, -HOUR, -24 * HOUR]) {
    const known = past(
      seconds(until - 4 * HOUR, until, () => RATE),
      { isOurs: false },
    );
    for (const rate of [0, RATE / 10]) {
      const live = seconds(0, 600, () => rate);
      const training = trained(known, live);
      expect({ until, rate, state: training.finding?.state, isDown: training.finding?.isDown }).toMatchObject({
        until,
        rate,
        isDown: false,
      });
      expect(training.finding?.state).not.toBe('warming');
    }
  }
});

test('what falls from then on pages, also where only a tenth of what was imported comes here', () => {
  const known = past(
    seconds(-4 * HOUR, 0, () => RATE),
    { isOurs: false },
  );
  for (const rate of [RATE, RATE / 5]) {
    const { finding } = trained(
      known,
      seconds(0, 320, (at) => (at >= 300 ? 0 : rate)),
    );
    expect({ rate, state: finding?.state }).toEqual({ rate, state: 'dropped' });
  }
});

test('a planned closing in the past is one', () => {
  const closed = (second: number): boolean => second >= NOW - 900;
  const shut = (at: number): number => (at >= -900 ? 0 : RATE);
  const training = new Training({ pageWhen: PAGE_WHEN, closed }, past(seconds(-4 * HOUR, 0, shut)));
  training.learn(Number.POSITIVE_INFINITY);
  expect(training.finding).toMatchObject({ isDown: false });
});
