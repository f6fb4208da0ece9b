/** What every detector promises, whatever its rule: its state is all it knows, and nonsense never reaches a decision. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { prng } from '../support/prng.ts';

interface Counted {
  readonly second: number;
  readonly n: number;
  readonly share: number;
}

export interface AnyDetector<Finding> {
  next(count: Counted): Finding;
  save(): unknown;
}

/** Seconds of one series by name: what the detector is fed, in order; seconds left out are gaps. */
export type Series = Readonly<Record<string, () => Counted[]>>;

/**
 * @param make    anew, or from what `save` gave, read back from JSON
 * @param series  each should reach another corner of the detector's states
 */
export function detectorContract<Finding>(name: string, make: (saved?: unknown) => AnyDetector<Finding>, series: Series): void {
  describe(`${name}, as any detector`, () => {
    test.each(Object.keys(series))('restored at random moments it says the same of every second: %s', (which) => {
      const counts = (series[which] as () => Counted[])();
      const chance = prng(counts.length);
      const lives = make();
      let moves = make();
      let restored = 0;
      const differ: number[] = [];
      for (const count of counts) {
        if (chance() < 0.01 && ++restored) moves = make(JSON.parse(JSON.stringify(moves.save())));
        if (!isDeepStrictEqual(lives.next(count), moves.next(count))) differ.push(count.second);
      }
      expect(restored).toBeGreaterThan(counts.length / 200);
      expect(differ).toEqual([]);
      expect(JSON.stringify(moves.save())).toBe(JSON.stringify(lives.save()));
    });

    test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1])('a count of %s is refused and leaves no trace', (n) => {
      const [first, second] = [make(), make()];
      for (let at = 1; at < 50; at++) {
        const said = first.next({ second: at * 2, n: 10, share: 1 });
        expect(() => second.next({ second: at * 2, n, share: 1 })).toThrow(RangeError);
        expect(second.next({ second: at * 2, n: 10, share: 1 })).toEqual(said);
      }
      expect(second.save()).toEqual(first.save());
    });

    test.each([0, -0.5, 1.5, Number.NaN])('a share of %s is refused', (share) => {
      expect(() => make().next({ second: 1, n: 1, share })).toThrow(/share/);
    });

    test('a second that came before, or is none, is refused', () => {
      const detector = make();
      detector.next({ second: 100, n: 5, share: 1 });
      expect(() => detector.next({ second: 100, n: 5, share: 1 })).toThrow(/in order/);
      expect(() => detector.next({ second: 99, n: 5, share: 1 })).toThrow(/in order/);
      expect(() => detector.next({ second: 100.5, n: 5, share: 1 })).toThrow(/whole numbers/);
      expect(() => detector.next({ second: Number.NaN, n: 5, share: 1 })).toThrow(/whole numbers/);
    });
  });
}
