/** One fault's turn: its metric, its outage, the page that must come, and what was true meanwhile. */
import { setTimeout as pause } from 'node:timers/promises';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { Caught } from '../support/mailbox.ts';
import { eventually } from '../support/process.ts';
import type { Figure } from './fault.ts';
import { Outage } from './outage.ts';
import { fallsTold, isTrue, pagesOf } from './pages.ts';
import type { World } from './world.ts';

/** Five times the mean of 5.5 s, from when the fault is over. */
export const PAGED_WITHIN_MS = 27_500;

/** Of an app that has not delivered for some seconds. */
const WAITING_EVENTS = 20_000;

export class Round {
  readonly metric: string;
  readonly outages: Outage[] = [];
  /** What was done when, for whoever looks for the reason of what is wrong. */
  readonly deeds: string[] = [];
  readonly #world: World;
  readonly #lost: number;

  constructor(world: World, metric: string) {
    this.#world = world;
    this.metric = metric;
    this.#lost = world.apps.reduce((sum, { report }) => sum + report.lost, 0);
    for (const { files } of world.apps) for (const file of files) file.forgetLongest();
  }

  /** The metric ceases now; it is given back when its page has come. */
  async outage(): Promise<Outage> {
    const outage = await Outage.begin(this.metric, this.#world.apps);
    this.outages.push(outage);
    this.did('outage');
    return outage;
  }

  /** Whether the page is there already. */
  get isPaged(): boolean {
    return this.page !== undefined;
  }

  did(what: string): void {
    this.deeds.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
  }

  /** Notes which apps cannot deliver, and why. */
  lookAtApps(): void {
    for (const { name, lives, report } of this.#world.apps) {
      if (lives && report.queued > WAITING_EVENTS) this.did(`${name} waits with ${report.queued} (${report.problem})`);
    }
  }

  /** How often it came. */
  get pages(): number {
    return this.#letters().length;
  }

  get page(): Caught | undefined {
    return this.#letters()[0];
  }

  /** Waits for the page; false where it does not come in time. */
  async paged(withinMs = PAGED_WITHIN_MS): Promise<boolean> {
    return eventually('the page', withinMs, async () => this.isPaged).catch(() => false);
  }

  /** The next line of the journal of that kind about this round's metric, as soon as anybody can read it. */
  line(kind: JournalLine['kind'], withinMs = PAGED_WITHIN_MS): Promise<JournalLine> {
    return new Promise((resolve, reject) => {
      const incidents = new Set<string>();
      const late = setTimeout(() => reject(new Error(`no line ${kind} within ${withinMs} ms`)), withinMs);
      const off = this.#world.observer.onJournal((line) => {
        if ('fell' in line && line.fell.metric === this.metric) incidents.add(line.incident);
        if (line.kind !== kind || !incidents.has(line.incident)) return;
        clearTimeout(late);
        off();
        resolve(line);
      });
    });
  }

  /** How long the page took once its fall was sure: p99 of a promise, so that one page may take five times as long. */
  afterSure(promiseMs: number): Figure | undefined {
    const fell = fallsTold(this.#world.observer.journal).find((line) => isTrue(line.fell, this.outages))?.fell;
    const { page } = this;
    if (!fell || !page) return undefined;
    const tookMs = page.at - (fell.at + 1) * 1000;
    return { text: `${(tookMs / 1000).toFixed(1)} s after sure`, ok: tookMs <= 5 * promiseMs };
  }

  /** The longest that any letter of an app waited for its yes: nobody was refused, and nobody discarded anything. */
  letters(promiseMs: number): Figure {
    const { apps } = this.#world;
    for (const { files } of apps) for (const file of files) file.read();
    const longestMs = Math.max(...apps.flatMap(({ files }) => files.map((file) => file.longestMs)));
    const lost = apps.reduce((sum, { report }) => sum + report.lost, 0) - this.#lost;
    return { text: `letters within ${(longestMs / 1000).toFixed(1)} s, ${lost} discarded`, ok: longestMs <= 5 * promiseMs && lost === 0 };
  }

  /** Until a second was decided on that ended after this call. */
  async decidedAgain(): Promise<void> {
    const now = Date.now() / 1000;
    await eventually('new decisions', PAGED_WITHIN_MS, async () =>
      [...this.#world.observer.found.values()].some(({ second }) => second >= now),
    );
  }

  /** For so long nothing is to be seen but what the fault does. */
  wait(durationMs: number): Promise<void> {
    return pause(durationMs);
  }

  #letters(): Caught[] {
    const [outage] = this.outages;
    return outage ? pagesOf(this.#world, outage) : [];
  }
}
