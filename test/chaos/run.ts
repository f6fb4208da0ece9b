/** Lives through one fault after the other in one world, and judges each by its ledgers. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Figure, LoneFault, WorldFault } from './fault.ts';
import { pages, type Span, type Sums, sums, type Verdict } from './judge.ts';
import type { Outage } from './outage.ts';
import { fallsTold } from './pages.ts';
import { PAGED_WITHIN_MS, Round } from './round.ts';
import { CRITICAL, METRIC_OF } from './shop.ts';
import type { World } from './world.ts';

/** Falls within a minute are one incident and one page: so long lies between the outages of two rows. */
const APART_MS = 63_000;
/** After a page: longer than the other replica waits before it steps in. */
const QUIET_MS = 4000;
const SETTLED_WITHIN_MS = 120_000;
const LOOK_AT_APPS_MS = 2000;
const FALSE_SHOWN_MAX = 3;
const LOOK_EVERY_MS = 500;
/** What the store is asked is work for it. */
const ASK_EVERY_MS = 3000;

interface Lived {
  readonly fault: WorldFault;
  readonly outages: readonly Outage[];
  readonly span: Span;
  readonly since: number;
  readonly verdict: Verdict;
}

export class Run {
  readonly #world: World;
  readonly #say: (line: string) => void;
  readonly #lived: Lived[] = [];
  readonly #outages: Outage[] = [];
  #metrics = 0;
  #from: number;

  constructor(world: World, say: (line: string) => void) {
    this.#world = world;
    this.#say = say;
    this.#from = Math.floor(Date.now() / 1000) - 1;
  }

  /** Events acknowledged a second, over all that was judged. */
  get eventsPerSecond(): number {
    const last = this.#from;
    const first = this.#lived[0]?.span.from ?? last;
    let events = 0;
    for (const type of METRIC_OF.keys()) for (let at = first; at < last; at++) events += this.#world.books.acknowledged.of(type, at).n;
    return last > first ? Math.round(events / (last - first)) : 0;
  }

  async live(fault: WorldFault): Promise<Verdict> {
    const started = performance.now();
    const world = this.#world;
    await world.steady();
    await pause(Math.max(0, this.#newestFall() + APART_MS - Date.now()));
    await world.steady();
    const round = new Round(world, CRITICAL[this.#metrics++ % CRITICAL.length] as string);
    // What came before the first row is no row's, and yet no page was due.
    const since = this.#lived.length === 0 ? 0 : Date.now();
    world.observer.takeUndecidedMs();
    for (const app of world.apps) app.lateMs = 0;
    this.#say(`${fault.id} ${fault.what} (${round.metric})`);
    const problems: string[] = [];
    let figure: Figure | undefined;
    const watch = setInterval(() => round.lookAtApps(), LOOK_AT_APPS_MS);
    try {
      figure = await fault.run(world, round);
    } catch (error) {
      problems.push(`the fault could not be played: ${error instanceof Error ? error.message : String(error)}`);
    }
    round.did('healed');
    if (round.outages.length === 0) await round.outage();
    await round.paged(PAGED_WITHIN_MS);
    clearInterval(watch);
    for (const outage of round.outages) outage.end();
    this.#outages.push(...round.outages);
    const undecidedMs = world.observer.takeUndecidedMs();
    await pause(QUIET_MS);
    const span = { from: this.#from, to: Math.floor(Date.now() / 1000) - 1 };
    this.#from = span.to;
    const found = await this.#settle(span);
    this.#say(`   ${round.deeds.join('; ')}`);
    const lateMs = Math.max(...world.apps.map((app) => app.lateMs));
    if (lateMs > 1500) this.#say(`   the machine let an app stand still for ${Math.round(lateMs)} ms`);
    const paged = pages(world, round.outages, this.#outages, fault.mayRepeat === true, { since, until: Number.POSITIVE_INFINITY });
    const verdict = this.#verdict({ fault, found, paged, figure, problems, undecidedMs, tookMs: performance.now() - started });
    this.#lived.push({ fault, outages: round.outages, span, since, verdict });
    return verdict;
  }

  /** A fall may be dated later than its outage began, where seconds were missing. Milliseconds since the epoch. */
  #newestFall(): number {
    const told = fallsTold(this.#world.observer.journal).map(({ fell }) => fell.from * 1000);
    return Math.max(0, ...told, ...this.#outages.map(({ from }) => from));
  }

  /** Once more over everything: what a later fault did to seconds that were judged already. */
  async judgeAll(): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const [i, { fault, outages, span, since, verdict }] of this.#lived.entries()) {
      const found = await sums(this.#world, span);
      const until = this.#lived[i + 1]?.since ?? Number.POSITIVE_INFINITY;
      const paged = pages(this.#world, outages, this.#outages, fault.mayRepeat === true, { since, until });
      const again = this.#verdict({ fault, found, paged, figure: verdict.figure ?? undefined, problems: [], ...verdictTimes(verdict) });
      verdicts.push({ ...again, problems: [...new Set([...verdict.problems, ...again.problems])] });
    }
    return verdicts;
  }

  /** Reads ledgers until everything acknowledged is counted and archived, or time is up. */
  async #settle(span: Span): Promise<Sums> {
    const { apps } = this.#world;
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    const isTold = (): boolean => apps.every((app) => !app.lives || app.until >= span.to * 1000);
    for (;;) {
      for (const app of apps) for (const file of app.files) file.read();
      if (isTold() || performance.now() > deadline) break;
      await pause(LOOK_EVERY_MS);
    }
    for (;;) {
      const found = await sums(this.#world, span);
      if (isRight(found) || performance.now() > deadline) return found;
      await pause(ASK_EVERY_MS);
    }
  }

  #verdict(parts: {
    readonly fault: WorldFault;
    readonly found: Sums;
    readonly paged: ReturnType<typeof pages>;
    readonly figure: Figure | undefined;
    readonly problems: readonly string[];
    readonly undecidedMs: number | null;
    readonly tookMs: number;
  }): Verdict {
    const { fault, found, paged, figure, undecidedMs, tookMs } = parts;
    const problems = [...parts.problems, ...paged.problems];
    for (const [where, { lost, double, examples }] of Object.entries({ counted: found.counted, archived: found.archived })) {
      if (lost > 0 || double > 0) problems.push(`${where}: ${lost} lost, ${double} double; ${examples.join('; ')}`);
    }
    for (const wrong of paged.falsePages.slice(0, FALSE_SHOWN_MAX)) problems.push(`false page: ${wrong}`);
    const more = paged.falsePages.length - FALSE_SHOWN_MAX;
    if (more > 0) problems.push(`and ${more} more false pages`);
    if (fault.undecidedMs !== undefined && (undecidedMs ?? 0) > 5 * fault.undecidedMs) problems.push('nobody decided for too long');
    if (paged.missed > 0) problems.push('the outage was not paged');
    if (figure && !figure.ok) problems.push(`its figure is beyond its promise: ${figure.text}`);
    const { id, what, means } = fault;
    return {
      ...{ id, what, means },
      lost: Math.max(found.counted.lost, found.archived.lost),
      double: Math.max(found.counted.double, found.archived.double),
      falsePages: paged.falsePages.length,
      missedPages: paged.missed,
      ...{
        repeats: paged.repeats,
        delayMs: paged.delayMs,
        afterSureMs: paged.afterSureMs,
        undecidedMs,
        figure: figure ?? null,
        moved: found.moved,
        tookMs,
      },
      problems,
    };
  }
}

const isRight = ({ counted, archived }: Sums): boolean => [counted, archived].every(({ lost, double }) => lost === 0 && double === 0);

const verdictTimes = ({ undecidedMs, tookMs }: Verdict) => ({ undecidedMs, tookMs });

/** Of a row that could not be lived through, or not to its end. */
export function unplayed({ id, what, means }: Fault, error: unknown): Verdict {
  const none = { lost: 0, double: 0, falsePages: 0, missedPages: 0, repeats: 0, moved: 0 };
  const times = { delayMs: null, afterSureMs: null, undecidedMs: null, tookMs: 0, figure: null };
  const problems = [error instanceof Error ? error.message : String(error)];
  return { id, what, means, ...none, ...times, problems, isUnplayed: true };
}

export async function liveAlone(fault: LoneFault, random: () => number): Promise<Verdict> {
  const started = performance.now();
  const { id, what, means } = fault;
  const none = { id, what, means, repeats: 0, delayMs: null, afterSureMs: null, undecidedMs: null, moved: 0 };
  try {
    const { figure, problems, ...sums } = await fault.runAlone(random);
    const wrong = [...problems];
    if (sums.lost > 0 || sums.double > 0) wrong.push(`${sums.lost} lost, ${sums.double} double`);
    if (figure && !figure.ok) wrong.push(`its figure is beyond its promise: ${figure.text}`);
    return { ...none, ...sums, figure: figure ?? null, problems: wrong, tookMs: performance.now() - started };
  } catch (error) {
    return unplayed(fault, error);
  }
}
