/** Part B, what must not page: the ends of sales, dips, and slides that are not steep. */
import { type Crowd, shareThatPages } from './crowd.ts';
import { livedAt } from './falls.ts';
import type { Promised, Scenario } from './scenario.ts';
import { DAY, lost, POISSON, type Sale, sale, twoHumped } from './scenes.ts';
import { Lived } from './trial.ts';

/** A Saturday or Sunday of the third week, by the seed. */
function quietWeekend(rate: number, seed: number): Lived {
  const at = 19 * DAY + Math.floor(((seed * 0.618_034) % 1) * 1.8 * DAY);
  return new Lived({ rate, factor: (time) => twoHumped(time) / twoHumped(at), noise: POISSON, seed, at, minutesDays: 16 });
}

const share = (part: string, what: string, crowd: Crowd, lived: (seed: number) => Lived, more: Partial<Scenario>): Scenario => ({
  part,
  what,
  size: { short: 0, long: 400, chunk: 25 },
  run: (trials, seed) => shareThatPages(lived(seed), crowd, trials),
  ...more,
});

const SALES: readonly Omit<Sale, 'start'>[] = [3, 5].flatMap((times) =>
  [600, 2700, 10_800].flatMap((lasts) => [1, 60, 600].map((ends) => ({ times, lasts, ends }))),
);
const ONE_IN_HUNDRED: Promised = { pass: 0.01, good: 0 };

const nameOf = ({ times, lasts, ends }: Omit<Sale, 'start'>): string => `sale x${times} of ${lasts / 60} min, ends in ${ends} s`;

const B3: Scenario[] = SALES.flatMap((one) => {
  const crowd: Crowd = { what: (start) => sale({ ...one, start }), lasts: one.lasts + one.ends };
  const short = one.times === 5 && one.ends === 1 && one.lasts === 2700;
  const size = { short: short ? 30 : 0, long: one.lasts > 3000 ? 100 : 300, chunk: 30 };
  return [
    ...[5, 20, 100, 1000].map((rate) =>
      share('B3', `${nameOf(one)}, ${rate}/s`, crowd, (seed) => livedAt({ rate }, seed), { promised: ONE_IN_HUNDRED, size }),
    ),
    ...[20, 100].map((rate) =>
      share('B3', `${nameOf(one)}, quiet weekend, ${rate}/s`, crowd, (seed) => quietWeekend(rate, seed), {
        promised: ONE_IN_HUNDRED,
        size,
      }),
    ),
  ];
});

const B4: Scenario[] = [5, 20, 100, 1000].flatMap((rate) =>
  [1, 2].map((lasts) => {
    const crowd: Crowd = { what: (onset) => lost(onset, 1, { lasts }), lasts };
    const size = { short: rate === 5 ? 0 : 150, long: 2000, chunk: 150 };
    const what = `dip of ${lasts} s, ${rate}/s`;
    return share('B4', what, crowd, (seed) => livedAt({ rate }, seed), { promised: { pass: 0.03, good: 0.01 }, size });
  }),
);

/** A slide to 30 % that lasts. */
const slide = (over: number): Crowd => ({ what: (onset) => lost(onset, 0.7, { over }), lasts: over });

const B5: Scenario[] = [100, 1000].flatMap((rate) => [
  share('B5', `slide to 30% in 3 min, ${rate}/s`, slide(180), (seed) => livedAt({ rate }, seed), {
    promised: { pass: 0.05, good: 0 },
    size: { short: 30, long: 500, chunk: 60 },
  }),
  share('B5', `slide to 30% in 10 min, ${rate}/s`, slide(600), (seed) => livedAt({ rate }, seed), {
    promised: { pass: 0.02, good: 0 },
    size: { short: 30, long: 500, chunk: 60 },
  }),
]);

const B5_TOLD: Scenario[] = [1, 5, 20].flatMap((rate) =>
  [10, 180, 600].map((over) =>
    share('B5', `slide to 30% in ${over} s, ${rate}/s`, slide(over), (seed) => livedAt({ rate }, seed), {
      size: { short: 0, long: 200, chunk: 25 },
    }),
  ),
);

export const PART_B_CROWDS: readonly Scenario[] = [...B3, ...B4, ...B5, ...B5_TOLD];
