/** Is it fast: the fall itself, however long its evidence takes. */
import { describe, expect, test } from 'vitest';
import { type Falling, fast, type Limits } from '../../../detectors/steep-drop/fast.ts';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';

const LIMITS: Limits = { drop: 0.4, withinSeconds: 13, sigmas: 6, backAt: null, hidden: 0, first: 0 };

function taken(...stretches: [seconds: number, rate: number][]): Seconds {
  const seconds = new Seconds();
  for (const [length, rate] of stretches) {
    for (let i = 0; i < length; i++) seconds.add(rate, 1);
  }
  return seconds;
}

/** The newest `window` seconds, as the fall that is asked about. */
function falling(seconds: Seconds, window: number, normal: number, dispersion = 1): Falling {
  const from = seconds.taken - window;
  return { window, from, rate: seconds.rate(window), exposure: window, normal, dispersionAt: () => dispersion };
}

const isFast = (seconds: Seconds, window: number, normal: number, limits: Partial<Limits> = {}) =>
  fast(seconds, falling(seconds, window, normal), { ...LIMITS, ...limits });

describe('how long a window may be', () => {
  test('no longer than `within`, where the rate is high enough', () => {
    expect(isFast(taken([400, 100], [12, 0]), 12, 100)).toEqual({ holds: true, longest: 13, alreadyLow: 0 });
    expect(isFast(taken([400, 100], [16, 0]), 16, 100)).toMatchObject({ holds: false, longest: 13 });
  });

  test('twice what it takes to be sure, where the rate is low', () => {
    // All of 1/s lost: 2 * 1 * 1 * w >= 36 first at w = 24.
    expect(isFast(taken([400, 1], [48, 0]), 48, 1)).toMatchObject({ holds: true, longest: 48 });
    expect(isFast(taken([400, 1], [49, 0]), 49, 1)).toMatchObject({ holds: false, longest: 48 });
  });

  test('longer in more noise, and where less was lost', () => {
    const all = falling(taken([400, 2], [24, 0]), 24, 2);
    const longest = (one: Falling): number => fast(taken([400, 2], [24, 0]), one, LIMITS).longest;
    expect(longest({ ...all, dispersionAt: () => 4 })).toBeGreaterThan(longest(all));
    expect(longest({ ...all, rate: 1 })).toBeGreaterThan(longest(all));
  });

  test('longer by what a gap may have hidden, but never across it, for 1,024 s', () => {
    const seconds = taken([400, 100], [100, 0]);
    expect(isFast(seconds, 100, 100, { backAt: 400, hidden: 240 })).toMatchObject({ holds: true, longest: 100 });
    expect(isFast(seconds, 101, 100, { backAt: 400, hidden: 240 })).toMatchObject({ holds: false });
    expect(isFast(seconds, 64, 100, { backAt: 400, hidden: 60 }).longest).toBe(73);
    expect(isFast(seconds, 16, 100, { backAt: 400, hidden: 1 })).toMatchObject({ holds: false, longest: 14 });
    const later = taken([400, 100], [1024, 0]);
    expect(isFast(later, 512, 100, { backAt: 400, hidden: 240 }).longest).toBe(13);
  });

  test('what cannot be sure in any window may take no longer than `within`', () => {
    expect(isFast(taken([400, 0.001], [20, 0]), 20, 0.001).longest).toBe(13);
  });
});

describe('the seconds before it', () => {
  test('were they low already, it came slowly', () => {
    expect(isFast(taken([400, 100], [13, 70], [8, 50]), 8, 100)).toMatchObject({ holds: false, alreadyLow: 13 });
  });

  test('low over half a minute is low, too, where `within` alone shows too little', () => {
    const slide = taken([400, 20], [17, 12], [13, 16], [8, 8]);
    const { holds, alreadyLow } = isFast(slide, 8, 20);
    expect(holds).toBe(false);
    expect(alreadyLow).toBeGreaterThan(13);
  });

  test('as high as the 300 s before them they were not low, whatever the normal says', () => {
    expect(isFast(taken([400, 70], [8, 30]), 8, 100)).toMatchObject({ holds: true, alreadyLow: 0 });
  });

  test('a total loss after a smaller one is deep and sure below those very seconds', () => {
    expect(isFast(taken([400, 100], [60, 70], [4, 0]), 4, 100).holds).toBe(true);
    expect(isFast(taken([400, 100], [60, 70], [4, 50]), 4, 100).holds).toBe(false);
  });

  test('what lies before comparable seconds is not asked', () => {
    expect(isFast(taken([400, 100], [13, 0], [4, 0]), 4, 100).holds).toBe(false);
    expect(isFast(taken([400, 100], [13, 0], [4, 0]), 4, 100, { first: 412 }).holds).toBe(true);
  });
});
