/** Step incidents → people: pages until somebody has it, then one word to who was paged. Reads topic `incidents`, writes `incidents`. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Attempt, JournalLine } from '../platform/topics/incidents.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, SteadyTime, sleep } from '../platform/units/clock.ts';
import { showDuration } from '../platform/units/duration.ts';
import { Journal } from './delivery/journal.ts';
import type { Links } from './delivery/links.ts';
import { type Next, nextTry } from './delivery/next-try.ts';
import type { Pictures } from './delivery/pictures.ts';
import { deliver, type Page, type Surroundings } from './delivery/stages.ts';
import type { Twin } from './delivery/twin.ts';
import { type Target, wakes, wanted } from './delivery/wanted.ts';
import { Watches } from './delivery/watches.ts';
import { WriteBehind } from './delivery/write-behind.ts';
import { sameTarget } from './incident/deliveries.ts';
import { messageKey } from './incident/identity.ts';
import { isLive, type KnownIncident, type OpenIncident } from './incident/incident.ts';
import { CONSOLE, THIS_TERMINAL } from './notify/console.ts';
import { bareFacts, factsOf } from './notify/facts.ts';
import type { Message } from './notify/notifier.ts';
import type { Notifiers } from './notify/registry.ts';
import { type People, type Way, waysOf } from './oncall/contact.ts';
import { type EscalationStep, type Plan, peopleOf, planOf, stepsDue, type Teams } from './oncall/escalation.ts';

/** What a changed YAML may change. */
interface Reach {
  readonly people: People;
  readonly teams?: Teams | undefined;
  readonly notifiers: Notifiers;
  readonly links: Links;
  /** IANA name; times in messages are of it. */
  readonly timezone: string;
}

export interface PageOptions extends Reach {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in the journal. */
  readonly by: string;
  /** Which of the two it is: `b` leaves everything to `a` at first. Left out: the only one. */
  readonly twin?: Pick<Twin, 'replica' | 'heard' | 'logNow'>;
  /** Of incidents, for ways that show them. Left out: none. */
  readonly pictures?: Pick<Pictures, 'of'> | undefined;
}

export interface PageStep {
  retune(reach: Reach): void;
  stop(): Promise<void>;
}

const RETRY_MS = 1000;
/** An attempt in flight ends within this, so a stop need not wait longer. */
const DRAIN_MS = 5000;
/** What the event log's clock shows is waited for so long at a start. */
const LOG_TIME_MS = 1000;
/** What is due and not begun by anybody for so long, `b` takes in hand: `a` is dead or cut off. */
const STEP_IN_MS = 2000;

export function startPage(options: PageOptions): PageStep {
  const pager = new Pager(options);
  const started = pager.start();
  return {
    retune: (reach) => pager.reach(reach),
    async stop() {
      await pager.stop();
      await started;
    },
  };
}

class Pager {
  readonly #options: PageOptions;
  readonly #time: SteadyTime;
  readonly #journal: Journal;
  readonly #behind: WriteBehind;
  readonly #watches: Watches;
  readonly #surroundings: Surroundings;
  readonly #underway = new Map<string, Promise<void>>();
  #reach: Reach;
  #plan: Plan;
  /** Nothing is sent before the journal was read to its end as of the start. */
  #live = false;
  #stopped = false;
  /** Read before the start was over, not yet known to be how old. */
  readonly #waiting: { line: JournalLine; appendedAt: number }[] = [];

  constructor(options: PageOptions) {
    const { clock, telemetry } = options;
    this.#options = options;
    this.#reach = options;
    this.#plan = planOf(options.people, options.teams, options.timezone);
    this.#time = new SteadyTime(clock);
    this.#watches = new Watches(clock, (id) => this.#look(id));
    this.#journal = new Journal({ ...options, heard: (line, appendedAt) => this.#heard(line, appendedAt) });
    this.#behind = new WriteBehind({ journal: this.#journal, clock, telemetry, wrote: (line) => this.#watches.heard(line, 0) });
    this.#surroundings = {
      ...{ clock, telemetry, by: options.by, journal: this.#journal, behind: this.#behind },
      now: () => this.#time.now(),
      notifiers: () => this.#reach.notifiers,
      messageOf: (page) => this.#messageOf(page),
    };
  }

  async start(): Promise<void> {
    while (!this.#stopped && !this.#live) {
      try {
        await this.#journal.caughtUp();
        await this.#ageWhatWaits();
        this.#live = !this.#stopped;
      } catch (error) {
        if (this.#stopped) return;
        this.#options.telemetry.stepFailed({ step: 'page', error });
        await sleep(this.#options.clock, RETRY_MS);
      }
    }
    this.#lookAtAll();
  }

  reach(reach: Reach): void {
    this.#reach = reach;
    this.#plan = planOf(reach.people, reach.teams, reach.timezone);
    this.#lookAtAll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watches.stop();
    const attempts = Promise.all(this.#underway.values());
    await atMost(this.#options.clock, DRAIN_MS, attempts);
    await this.#behind.stop();
    await this.#journal.stop();
  }

  #heard(line: JournalLine, appendedAt: number): void {
    if (!this.#live && (line.kind === 'opened' || line.kind === 'joined')) this.#waiting.push({ line, appendedAt });
    else this.#watches.heard(line, 0);
    if (this.#live) this.#look(line.incident);
  }

  /**
   * What was opened before the start has been waiting since then: by the event log's clock alone, which was there then and is now.
   * Tries are waited for from here on, for whoever made them may be at it still.
   */
  async #ageWhatWaits(): Promise<void> {
    const { clock, twin } = this.#options;
    if (twin) await atMost(clock, LOG_TIME_MS, twin.heard);
    for (const { line, appendedAt } of this.#waiting.splice(0)) {
      if (isLive(this.#journal.get(line.incident))) this.#watches.heard(line, Math.max(0, (twin?.logNow() ?? appendedAt) - appendedAt));
    }
  }

  #lookAtAll(): void {
    for (const id of [...[...this.#journal.all()].map((incident) => incident.id), ...this.#watches.ids()]) this.#look(id);
  }

  /** Compares what should be with what is, and does what is missing: the same after a restart as in the middle of things. */
  #look(id: string): void {
    if (!this.#live || this.#stopped) return;
    try {
      const before = this.#journal.get(id);
      if (before.is === 'unknown') {
        this.#watches.forget(id);
        return;
      }
      const escalateInMs = wakes(before) ? this.#escalate(before) : null;
      const incident = this.#journal.get(id) as KnownIncident;
      const delays = wanted(incident, this.#time.now()).map((target) => this.#pursue(incident, target));
      const due = [escalateInMs, ...delays].filter((delayMs) => delayMs !== null);
      if (due.length > 0) this.#watches.wake(id, Math.min(...due));
      else if (!isLive(incident) && !this.#isUnderway(id)) this.#watches.forget(id);
    } catch (error) {
      this.#options.telemetry.stepFailed({ step: 'page', incident: id, error });
      this.#watches.wake(id, RETRY_MS);
    }
  }

  /** Takes the steps that are due. @returns ms until the next one, null where none follows */
  #escalate(incident: OpenIncident): number | null {
    const sinceMs = this.#watches.openForMs(incident) - (this.#isSecond ? STEP_IN_MS : 0);
    if (sinceMs < 0) return -sinceMs;
    const { due, nextInMs } = stepsDue(this.#plan, incident.steps.length, sinceMs);
    for (const step of due) this.#take(incident, step);
    // A step that reaches nobody does not make anybody wait for the next one.
    const taken = this.#journal.get(incident.id) as KnownIncident;
    if (nextInMs !== null && taken.steps.at(-1)?.people.length === 0) {
      this.#take(incident, taken.steps.length);
      return 0;
    }
    return nextInMs;
  }

  #take(incident: OpenIncident, step: number): void {
    const { afterMs, notify } = this.#plan.steps[step] as EscalationStep;
    const at = Math.round(this.#time.now());
    const people = peopleOf(this.#plan, { afterMs, notify }, at);
    const reason = step === 0 ? `${notify}, at once` : `${notify}: nobody acknowledged within ${showDuration(afterMs)}`;
    this.#behind.write({ kind: 'escalated', incident: incident.id, at, by: this.#options.by, step, people, reason });
  }

  /** @returns ms until there is something to do for this target, null where nothing is left or it is being done */
  #pursue(incident: KnownIncident, target: Target): number | null {
    const key = keyOf(incident.id, target);
    if (this.#underway.has(key)) return null;
    const next = this.#next(incident, target);
    const othersMs = this.#isSecond && next.kind === 'try' && next.try === 1 ? this.#othersMs(incident, target) : 0;
    if (othersMs > 0) return othersMs;
    if (next.kind === 'nothing') return null;
    if (next.kind === 'wait') return next.delayMs;
    const { message, step, person } = target;
    const attempt: Attempt = { message, step, person, way: next.way.channel, try: next.try };
    const { notifiers, timezone } = this.#reach;
    const drawing = notifiers.get(next.way.channel)?.isIllustrated ? this.#options.pictures?.of(incident, timezone) : undefined;
    const decidedAt = this.#options.clock.monotonic();
    const page: Page = { incident: incident.id, attempt, decidedAt, repeat: next.repeat, ...(drawing && { drawing }) };
    this.#underway.set(key, this.#run(key, page));
    return null;
  }

  get #isSecond(): boolean {
    return this.#options.twin?.replica === 'b';
  }

  /** How long the other process still has for what nobody has begun, ms. */
  #othersMs(incident: KnownIncident, target: Target): number {
    const wantedForMs = this.#watches.wantedForMs(incident.id, target);
    if (!wakes(incident)) return STEP_IN_MS - wantedForMs;
    const overdueMs = this.#watches.openForMs(incident) - (this.#plan.steps[target.step]?.afterMs ?? 0);
    return STEP_IN_MS - Math.max(wantedForMs, overdueMs);
  }

  #next(incident: KnownIncident, target: Target): Next {
    const ways = this.#waysOf(target.person).filter(({ channel }) => target.channels?.includes(channel) ?? channel !== CONSOLE);
    const reachable = ways.filter(({ channel }) => this.#reach.notifiers.has(channel));
    const known = incident.deliveries
      .filter((delivery) => sameTarget(delivery, target))
      .map((delivery) => {
        const isOwn = delivery.by === this.#options.by;
        return { ...delivery, isOwn, ageMs: this.#watches.deliveryForMs(incident.id, delivery) };
      });
    return nextTry(target.message, reachable, known);
  }

  #waysOf(person: string): Way[] {
    return person === THIS_TERMINAL ? [{ channel: CONSOLE, to: '' }] : waysOf(this.#reach.people[person]);
  }

  async #run(key: string, page: Page): Promise<void> {
    try {
      await deliver(page, this.#surroundings);
    } catch (error) {
      this.#options.telemetry.stepFailed({ step: 'page', incident: page.incident, error });
    } finally {
      this.#underway.delete(key);
      this.#look(page.incident);
    }
  }

  #isUnderway(id: string): boolean {
    return [...this.#underway.keys()].some((key) => key.startsWith(`${id} `));
  }

  #messageOf({ incident: id, attempt, repeat, picture }: Page): Message | null {
    const incident = this.#journal.get(id);
    const way = this.#waysOf(attempt.person).find(({ channel }) => channel === attempt.way);
    if (incident.is === 'unknown' || !way) return null;
    const { links, timezone } = this.#reach;
    const acknowledgeUrl = attempt.way === CONSOLE ? null : links.acknowledge(id, attempt.person, incident.openedAt);
    const context = { plan: this.#plan, timezone, now: this.#time.now(), incidentUrl: links.incident(id), acknowledgeUrl };
    const base = {
      key: messageKey(id, attempt),
      incident: id,
      state: incident,
      person: attempt.person,
      way,
      repeat,
      ...(picture && { picture }),
    };
    try {
      return { ...base, facts: factsOf(incident, attempt, context) };
    } catch (error) {
      // Words that fail must not cost the page.
      this.#options.telemetry.stepFailed({ step: 'page', incident: id, error });
      return { ...base, facts: bareFacts(incident, attempt, context) };
    }
  }
}

const keyOf = (id: string, { message, step, person }: Target): string => `${id} ${message} ${step} ${person}`;
