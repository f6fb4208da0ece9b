/** One metric of the apps ceases and comes back: what is true of it, so that pages can be held against it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from './process.ts';
import { typeOf } from './shop.ts';

/** Apps hear of it before it begins. */
const NOTICE_MS = 250;

export class Outage {
  readonly metric: string;
  /** No event of the metric has this time or a later one, ms since the epoch. */
  readonly from: number;
  /** From here on they come again; infinite while it lasts. */
  to = Number.POSITIVE_INFINITY;
  readonly #apps: readonly App[];

  private constructor(metric: string, from: number, apps: readonly App[]) {
    this.metric = metric;
    this.from = from;
    this.#apps = apps;
    for (const app of apps) app.tell({ type: typeOf(metric), share: 0, at: from });
  }

  /** Resolves when it has begun. */
  static async begin(metric: string, apps: readonly App[]): Promise<Outage> {
    const outage = new Outage(metric, Date.now() + NOTICE_MS, apps);
    await pause(NOTICE_MS);
    return outage;
  }

  end(): void {
    if (Number.isFinite(this.to)) return;
    this.to = Date.now() + NOTICE_MS;
    for (const app of this.#apps) app.tell({ type: typeOf(this.metric), share: 1, at: this.to });
  }
}
