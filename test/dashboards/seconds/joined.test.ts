import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RatesAnswer } from '../../../dashboards/live-frames.ts';
import type { Remembered } from '../../../dashboards/seconds/history.ts';
import { joinedRates, type ReadPast } from '../../../dashboards/seconds/joined.ts';
import { addSeconds, answerOf, noRates, type RatesRange } from '../../../dashboards/seconds/rates.ts';
import { type Moment, UNKNOWN } from '../../../dashboards/seconds/series-seconds.ts';

const T = 1_795_000_800;
const NOW = T + 1000;

/** What happened; every second is its own. */
const truth = (second: number): Moment => {
  const n = second % 97;
  return { n, state: n === 0 ? 'dropped' : 'normal', usual: n / 4, derivative: (second % 13) - 6, closed: n / 2, steepness: -(second % 7) };
};

function memoryOf(from: number, to: number, knows: (second: number) => boolean = () => true): Remembered {
  const has = (second: number): boolean => second >= from && second < to && knows(second);
  return { from, to, knows: has, at: (second) => (has(second) ? truth(second) : UNKNOWN) };
}

function stepsOf(range: Pick<RatesRange, 'from' | 'to' | 'stepSeconds'>, at: (second: number) => Moment) {
  const whole = { ...range, step: '' };
  const steps = noRates(whole);
  addSeconds(steps, whole, whole, at);
  return steps;
}

/** The store as it knows these seconds, and what it was asked. */
function storeOf(knows: (second: number) => boolean): { past: ReadPast; asked: Parameters<ReadPast>[0][] } {
  const asked: Parameters<ReadPast>[0][] = [];
  const past: ReadPast = async (range) => {
    asked.push(range);
    return stepsOf(range, (second) => (knows(second) ? truth(second) : UNKNOWN));
  };
  return { past, asked };
}

const away: ReadPast = async () => ({ unread: 'the store is away' });
const range = (from: number, to: number, stepSeconds = 1): RatesRange => ({ from, to, stepSeconds, step: `${stepSeconds}s` });
const whole = (of: RatesRange, knows: (second: number) => boolean = () => true): RatesAnswer => {
  return answerOf(
    of,
    stepsOf(of, (second) => (second <= NOW && knows(second) ? truth(second) : UNKNOWN)),
  );
};

test('memory and store are one answer without a seam or a double, wherever they meet and whatever either does not know', async () => {
  const begins = fc.integer({ min: T - 400, max: T + 900 });
  const world = fc.record({
    from: fc.integer({ min: T - 900, max: T + 1000 }),
    length: fc.integer({ min: 0, max: 2500 }),
    stepSeconds: fc.constantFrom(1, 2, 7, 10, 60, 300, 3600),
    memory: begins,
    hole: fc.tuple(begins, fc.integer({ min: 0, max: 300 })),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ from, length, stepSeconds, memory, hole: [holeFrom, holeLength] }) => {
      const asked = range(from, from + length, stepSeconds);
      // What is newest stands in memory, and comes into the store later.
      const remembers = (second: number): boolean => second >= NOW - 70 || second < holeFrom || second >= holeFrom + holeLength;
      const { past } = storeOf((second) => second <= NOW - 60);
      const told = await joinedRates(asked, memoryOf(memory, NOW + 1, remembers), past, NOW);
      expect(told).toEqual(whole(asked));
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('what memory knows well is asked of nobody', async () => {
  const { past, asked } = storeOf(() => true);
  const recent = range(NOW - 300, NOW + 1);
  expect(await joinedRates(recent, memoryOf(T - 600, NOW + 1), past, NOW)).toEqual(whole(recent));
  // The newest seconds are not decided yet.
  await joinedRates(recent, memoryOf(T - 600, NOW - 2), past, NOW);
  expect(asked).toEqual([]);
});

test("the oldest seconds of memory, which it may have counted in part, are the store's where it knows them", async () => {
  const half: Remembered = { ...memoryOf(T, NOW + 1), at: (second) => (second === T + 30 ? { ...truth(second), n: 1 } : truth(second)) };
  const { past } = storeOf(() => true);
  const asked = range(T, NOW);
  expect((await joinedRates(asked, half, past, NOW)).counts[30]).toBe(truth(T + 30).n);
});

test('what the store has only a part of yet stands as memory knows it, from its first second on', async () => {
  const past: ReadPast = async (asked) => stepsOf(asked, (second) => ({ ...truth(second), n: Math.floor((truth(second).n ?? 0) / 3) }));
  const asked = range(T, T + 100);
  expect((await joinedRates(asked, memoryOf(T, NOW + 1), past, NOW)).counts).toEqual(whole(asked).counts);
});

test('without the store all that memory knows is told, and that something is missing', async () => {
  const asked = range(T - 600, NOW, 60);
  const told = await joinedRates(asked, memoryOf(T, NOW), away, NOW);
  expect(told).toEqual({ ...whole(range(T - 600, NOW, 60), (second) => second >= T && second < NOW), incomplete: 'the store is away' });
  const recent = range(NOW - 300, NOW);
  expect(await joinedRates(recent, memoryOf(T, NOW), away, NOW)).toEqual(whole(recent));
});

test('a metric that memory never heard of is told from the store alone', async () => {
  const { past } = storeOf((second) => second < T);
  const asked = range(T - 600, NOW, 60);
  const nothing: Remembered = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, knows: () => false, at: () => UNKNOWN };
  expect(await joinedRates(asked, nothing, past, NOW)).toEqual(whole(asked, (second) => second < T));
});

test('a process that hears nothing more tells on from the store', async () => {
  const { past } = storeOf(() => true);
  const asked = range(NOW - 300, NOW + 1);
  expect(await joinedRates(asked, memoryOf(T - 600, NOW - 60), past, NOW)).toEqual(whole(asked));
});

test('the future is empty, and nobody misses anything in it', async () => {
  const asked = range(NOW + 100, NOW + 200, 10);
  expect(await joinedRates(asked, memoryOf(T, NOW), away, NOW)).toEqual(whole(asked));
});
