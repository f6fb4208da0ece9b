import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, SAME_FALL_SECONDS } from '../../../detectors/backtest/compare.ts';

interface Told {
  readonly from: number;
  readonly at: number;
  readonly resolvedAt: number | null;
}

const page = (from: number, at: number, resolvedAt: number | null): Told => ({ from, at, resolvedAt });

test('pages of one fall are one, however much later one of them was sent', () => {
  const [early, late] = [page(100, 104, 400), page(101, 350, 420)];
  expect(compare([early], [late])).toEqual({
    both: [{ inForce: early, candidate: late, laterSeconds: 246 }],
    onlyInForce: [],
    onlyCandidate: [],
  });
});

test('falls that begin close to each other are one, though the first page was over before the second was sent', () => {
  const [first, near, far] = [page(100, 103, 110), page(100 + SAME_FALL_SECONDS, 170, 300), page(101 + SAME_FALL_SECONDS, 170, 300)];
  expect(compare([first], [near]).both).toHaveLength(1);
  expect(compare([first], [far])).toEqual({ both: [], onlyInForce: [first], onlyCandidate: [far] });
});

test('of several pages of one fall those are lined up that were sent in the nearest seconds', () => {
  const [first, again, other] = [page(100, 104, 1000), page(500, 504, 1000), page(498, 502, 1000)];
  const { both, onlyInForce } = compare([first, again], [other]);
  expect(both).toEqual([{ inForce: again, candidate: other, laterSeconds: -2 }]);
  expect(onlyInForce).toEqual([first]);
});

test('a page that is not over meets all that follow it, and each is matched once', () => {
  const open = page(100, 104, null);
  const others = [page(1000, 1004, 1100), page(2000, 2004, 2100)];
  const { both, onlyCandidate } = compare([open], others);
  expect(both.map(({ candidate }) => candidate)).toEqual([others[0]]);
  expect(onlyCandidate).toEqual([others[1]]);
});

const anyPages = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 600 })), { maxLength: 60 })
  .map((all) => all.map(([from, to, lasts]) => page(from, from + to, from + to + lasts)).sort((a, b) => a.at - b.at));

test('no page is lost or told twice, and a list against itself differs nowhere', () => {
  fc.assert(
    fc.property(anyPages, anyPages, (ours, theirs) => {
      const { both, onlyInForce, onlyCandidate } = compare(ours, theirs);
      const inOrder = (pages: Told[]) => pages.sort((a, b) => ours.indexOf(a) - ours.indexOf(b));
      expect(inOrder([...both.map(({ inForce }) => inForce), ...onlyInForce])).toEqual(ours);
      expect(new Set([...both.map(({ candidate }) => candidate), ...onlyCandidate]).size).toBe(theirs.length);
      const same = compare(ours, ours.slice());
      expect([same.onlyInForce, same.onlyCandidate]).toEqual([[], []]);
      expect(same.both.every(({ laterSeconds }) => laterSeconds === 0)).toBe(true);
    }),
  );
});
