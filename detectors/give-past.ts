/** Gives series that lack it their past: read beside the paging path, learned in slices, put in its place between two seconds. */
import type { StoreError } from '../platform/store/problem.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Clock } from '../platform/units/clock.ts';
import { inSlices } from '../platform/units/slices.ts';
import type { CountedMetric } from './counting/metric.ts';
import type { Deciding, Lacking } from './deciding.ts';
import type { Past } from './past/past.ts';
import { Training } from './past/training.ts';

/** Whoever knows what was before. Both may take long, or fail. */
export interface PastSource {
  /**
   * How much of it is known before this second; another number means that there is something else to learn.
   *
   * @param others  series that are watched beside it
   */
  known(metric: CountedMetric, before: number, others: readonly string[]): Promise<number>;
  read(metric: CountedMetric, before: number): Promise<Past>;
}

export interface GivingOptions {
  readonly source: PastSource;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly stopping: AbortSignal;
}

/** Asked for the first time after this, then after twice as long each, up to a minute. */
const FIRST_MS = 2000;
const AGAIN_MS_MAX = 60_000;
const LOOK_MS = 1000;
/** At a time: the store is shared with whoever looks at charts. */
const UNDER_WAY_MAX = 2;
/** On one loop with what pages people: a millisecond at most, as minutes are learned second by second. */
const STEPS_AT_ONCE = 40;
const DAY_MINUTES = 1440;

interface Plan {
  /** Its past ends here: what it decides on itself does not count as more. */
  readonly before: number;
  /** Monotonic ms. */
  dueAt: number;
  waitMs: number;
  isUnderWay: boolean;
  /** How much was known when it was learned last. */
  known: number;
  /** Why it could not be read, as told last. */
  told: string;
}

export class PastGiver {
  readonly #options: GivingOptions;
  readonly #plans = new Map<string, Plan>();
  #underWay = 0;
  /** Monotonic ms. */
  #lookAt = 0;

  constructor(options: GivingOptions) {
    this.#options = options;
  }

  /** To be called often; it waits for nothing. */
  look(deciders: readonly Deciding[]): void {
    const now = this.#options.clock.monotonic();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_MS;
    const lacking = new Set<string>();
    for (const deciding of deciders) {
      for (const one of deciding.lacking) {
        lacking.add(one.series);
        const plan = this.#planOf(one, now);
        if (plan.isUnderWay || plan.dueAt > now || this.#underWay >= UNDER_WAY_MAX) continue;
        void this.#give(deciding, one, plan);
      }
    }
    for (const [series, plan] of this.#plans) if (!lacking.has(series) && !plan.isUnderWay) this.#plans.delete(series);
  }

  #planOf({ series, before }: Lacking, now: number): Plan {
    const known = this.#plans.get(series);
    if (known) return known;
    const plan = { before, dueAt: now + FIRST_MS, waitMs: FIRST_MS, isUnderWay: false, known: 0, told: '' };
    this.#plans.set(series, plan);
    return plan;
  }

  /** Never rejects. */
  async #give(deciding: Deciding, one: Lacking, plan: Plan): Promise<void> {
    const { clock, telemetry } = this.#options;
    plan.isUnderWay = true;
    this.#underWay++;
    try {
      await this.#tryToGive(deciding, one, plan);
    } catch (error) {
      const { kind = 'failed' } = error as Partial<StoreError>;
      if (kind !== 'starting' && kind !== plan.told) telemetry.pastUnknown({ metric: one.metric.name, series: one.series, error });
      plan.told = kind;
    }
    this.#underWay--;
    plan.isUnderWay = false;
    plan.waitMs = Math.min(AGAIN_MS_MAX, 2 * plan.waitMs);
    plan.dueAt = clock.monotonic() + plan.waitMs;
  }

  async #tryToGive(deciding: Deciding, { series, metric, before }: Lacking, plan: Plan): Promise<void> {
    const { source, clock, telemetry, stopping } = this.#options;
    const known = await source.known(metric, plan.before, deciding.healthy);
    if (known === 0 || known === plan.known) return;
    const past = await source.read(metric, before);
    const training = new Training(metric, past);
    await inSlices(clock, () => training.learn(STEPS_AT_ONCE), stopping);
    if (stopping.aborted) return;
    plan.known = known;
    if (!deciding.succeed(series, training)) return;
    const days = Number((past.minutes.minutes.length / DAY_MINUTES).toFixed(1));
    telemetry.pastGiven({ metric: metric.name, series, days, seconds: past.seconds.seconds.length, isOurs: past.isOurs });
  }
}
