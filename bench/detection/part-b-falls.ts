/** Part B, what must page: falls of every kind, and slides. */
import { type Fallen, fallsOf, floorOf } from './falls.ts';
import type { Promised, Scenario } from './scenario.ts';
import { type Factor, HOUR, lost, sale, together } from './scenes.ts';

const falls = (part: string, what: string, fallen: Fallen, promised?: Promised, sizes: Partial<Scenario['size']> = {}): Scenario => ({
  part,
  what,
  ...(promised && { promised }),
  floorSeconds: floorOf(fallen.rate, fallen.share),
  size: { short: 60, long: 1000, chunk: 100, ...sizes },
  run: (trials, seed) => fallsOf(fallen, trials, seed),
});

const told = { short: 0, long: 400 };

const B2: Scenario[] = [
  ...[20, 100, 1000].map((rate) => falls('B2', `all lost at ${rate}/s`, { rate, share: 1 }, { pass: 4.5, good: 4.1, allFound: true })),
  ...[100, 1000].map((rate) => falls('B2', `80% lost at ${rate}/s`, { rate, share: 0.8 }, { pass: 4.5, good: 4, allFound: true })),
  falls('B2', 'half lost at 100/s', { rate: 100, share: 0.5 }, { pass: 5.5, good: 4.4, allFound: true }),
  falls('B2', 'half lost at 1000/s', { rate: 1000, share: 0.5 }, { pass: 5.5, good: 4.4, allFound: true }),
  ...[1, 5].flatMap((rate) =>
    [1, 0.8, 0.5].map((share) => falls('B2', `${share * 100}% lost at ${rate}/s`, { rate, share }, undefined, told)),
  ),
  falls('B2', 'half lost at 10/s', { rate: 10, share: 0.5 }, undefined, told),
  falls('B2', 'half lost at 20/s', { rate: 20, share: 0.5 }, undefined, told),
];

/** Delays of 1e9 seconds pass: only whether it is found is asked. */
const FOUND: Promised = { pass: 1e9, allFound: true };

/** The sale began twenty minutes ago and would last an hour. */
const inSale =
  (times: number) =>
  (onset: number): Factor =>
    together(sale({ start: onset - 1200, times, lasts: HOUR, ends: 1 }), lost(onset, 1));

const B3: Scenario[] = [5, 20, 100, 1000].flatMap((rate) =>
  [3, 5].map((times) => {
    const fallen: Fallen = { rate, share: 1, scene: inSale(times), quietSeconds: 1800, limitSeconds: 600 };
    return falls('B3', `all lost inside a sale x${times}, ${rate}/s`, fallen, FOUND, { short: rate === 20 ? 40 : 0, long: 300 });
  }),
);

const B5: Scenario[] = [100, 1000].map((rate) => {
  const fallen: Fallen = { rate, share: 0.7, scene: (onset) => lost(onset, 0.7, { over: 10 }), limitSeconds: 300 };
  return falls('B5', `slide to 30% in 10 s, ${rate}/s`, fallen, FOUND, { long: 500 });
});

/** The share lost first, then all of it. */
const staged =
  (first: number, seconds: number) =>
  (onset: number): Factor =>
    together(lost(onset - seconds, first, { lasts: seconds }), lost(onset, 1));
const crashLoop = (onset: number): Factor => together(lost(onset, 1, { lasts: 2.5 }), lost(onset + 8.5, 1));
const afterSpike = (onset: number): Factor => together((time) => (time >= onset - 60 && time < onset ? 3 : 1), lost(onset, 1));
const rhythm =
  (onset: number): Factor =>
  (time) =>
    time >= onset && (time - onset) % 3 < 2 ? 0 : 1;

const B9: Scenario[] = [20, 100, 1000].flatMap((rate) => {
  const found = (what: string, scene: Fallen['scene']): Scenario =>
    falls('B9', `${what}, ${rate}/s`, { rate, share: 1, ...(scene && { scene }), limitSeconds: 600 }, FOUND, { long: 500 });
  return [
    found('15% lost, all 1 min later', staged(0.15, 60)),
    found('15% lost, all 3 min later', staged(0.15, 180)),
    found('30% lost, all 1 min later', staged(0.3, 60)),
    found('30% lost, all 3 min later', staged(0.3, 180)),
    found('down 2.5 s, up 6 s, then down', crashLoop),
    found('all lost just after a spike of a minute', afterSpike),
    found('2 s nothing, 1 s all, for 10 min', rhythm),
  ];
});

const B13: Scenario[] = [20, 100].flatMap((rate) =>
  [600, 2 * HOUR].map((quietSeconds) => {
    const fallen: Fallen = { rate, share: 1, quietSeconds, scene: (onset) => together(() => 3, lost(onset, 1)) };
    const what = `all lost ${quietSeconds / 60} min after a lasting step x3 up, ${rate}/s`;
    return falls('B13', what, fallen, { pass: 4.5, good: 4.1, allFound: true }, { long: 400 });
  }),
);

export const PART_B_FALLS: readonly Scenario[] = [...B2, ...B3, ...B5, ...B9, ...B13];
