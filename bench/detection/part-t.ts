/** Traffic whose tail is heavier than its noise says: false pages by the formula and by what earlier days raised, and what that costs. */
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { formulaOf } from '../../detectors/steep-drop/threshold.ts';
import { heldAfter, RAISE_TIMES_MAX } from '../../detectors/tail/held.ts';
import { Tail } from '../../detectors/tail/tail.ts';
import { Traffic } from '../../test/support/traffic.ts';
import { fallsOf } from './falls.ts';
import type { Scenario, Seen } from './scenario.ts';
import { always, bursty, DAY, MONDAY, POISSON, swinging } from './scenes.ts';

const RATE = 5;
/** One to learn the noise, fourteen to learn the tail. */
const LEARNT_DAYS = 15;
const EPISODE_SECONDS = 600;
const EPISODES_A_DAY = 2;
const EPISODE_DISPERSION = 4;

/** Ten minutes of fourfold variance twice a day, at random: too seldom for the noise that is learned to know of them. */
class Fitful {
  readonly #calm: Traffic;
  readonly #wild: Traffic;
  #until = -1;

  constructor(seed: number) {
    this.#calm = new Traffic(seed, POISSON);
    this.#wild = new Traffic(seed + 1, bursty(EPISODE_DISPERSION));
  }

  count(second: number): number {
    const rate = RATE * swinging(second);
    if (second > this.#until && this.#calm.random() < EPISODES_A_DAY / DAY) this.#until = second + EPISODE_SECONDS;
    return (second <= this.#until ? this.#wild : this.#calm).count(rate);
  }
}

/** Pages of `days` after those it has learned from. */
function pagesOf(days: number, seed: number, learns: boolean): Seen {
  const traffic = new Fitful(seed);
  const tail = new Tail({ pageWhen: PAGE_WHEN_DEFAULT });
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  let pages = 0;
  for (let second = 0; second < (LEARNT_DAYS + days) * DAY; second++) {
    if (second === LEARNT_DAYS * DAY && learns) detector.tune(raisedBy(tail));
    const count = { second: MONDAY + second, n: traffic.count(second), share: 1 };
    if (second < LEARNT_DAYS * DAY && learns) tail.next(count.second, count.n);
    const { fall } = detector.next(count);
    if (second >= LEARNT_DAYS * DAY && fall?.at === count.second) pages++;
  }
  return { is: 'pages', pages, years: days / 365.25 };
}

function raisedBy(tail: Tail): PageWhen {
  const { sigmas } = heldAfter(null, tail.fit(), formulaOf(PAGE_WHEN_DEFAULT));
  return sigmas === null ? PAGE_WHEN_DEFAULT : { ...PAGE_WHEN_DEFAULT, raisedSigmas: sigmas, raisedByDays: LEARNT_DAYS - 1 };
}

const WHAT = `${RATE}/s, fourfold variance for ten minutes twice a day`;
const HIGHEST: PageWhen = { ...PAGE_WHEN_DEFAULT, raisedSigmas: formulaOf(PAGE_WHEN_DEFAULT) * RAISE_TIMES_MAX };

const healthy = (how: string, learns: boolean, promised?: Scenario['promised']): Scenario => ({
  part: 'T',
  what: `${WHAT}: healthy, ${how}`,
  ...(promised && { promised }),
  size: { short: 0, long: 366, chunk: 61 },
  seeds: WHAT,
  run: (days, seed) => pagesOf(days, seed, learns),
});

const fallen = (share: number, how: string, pageWhen: PageWhen): Scenario => ({
  part: 'T',
  what: `${RATE}/s, ${100 * share}% lost, ${how}`,
  size: { short: 0, long: 400, chunk: 100 },
  seeds: `${RATE} ${share}`,
  run: (trials, seed) => fallsOf({ rate: RATE, share, factor: always, pageWhen }, trials, seed),
});

export const PART_T: readonly Scenario[] = [
  healthy('by the formula', false),
  healthy('raised by 14 days before', true, { pass: 1, good: 0 }),
  ...[1, 0.8, 0.5].flatMap((share) => [
    fallen(share, 'by the formula', PAGE_WHEN_DEFAULT),
    fallen(share, 'raised as far as it may', HIGHEST),
  ]),
];
