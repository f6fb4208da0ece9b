/** Batches out of the outbox, one under way at a time: every 100 ms or 500 events, at each full second, and again until they arrive. */
import type { Clock, SteadyTime, Timer } from './clock.ts';
import type { Outbox } from './outbox.ts';
import { cutParcel, type Parcel } from './parcel.ts';
import type { Later, Outcome, Refused, Transport } from './transport.ts';
import { laterText, refusedText } from './trouble.ts';
import type { Warnings } from './warnings.ts';

const BATCH_EVERY_MS = 100;
const BATCH_EVENTS = 500;
/** The heartbeat follows the full second by a few milliseconds, each producer by its own. */
const BEAT_AFTER_MS = { least: 2, most: 50 } as const;
const RETRY_MS = { least: 100, most: 2000 } as const;
/** A person hears of what cannot be delivered once it is longer than a restart takes. */
const WARN_AFTER_MS = 5000;
/** Events of a type that the key may not write are not sent for so long: then the gateway is asked again. */
const BARRED_MS = 60_000;
/** So many batches refused in a row: what they try to tell is given up, so that nothing stalls. */
const REFUSED_MAX = 3;

export interface SenderParts {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly time: SteadyTime;
  readonly random: () => number;
  readonly producer: string;
  readonly warnings: Warnings;
  /** Called once it has ended. */
  ended(): void;
}

interface Flush {
  /** Running number of the last event that is waited for. */
  readonly target: number;
  readonly done: (inTime: boolean) => void;
}

export class Sender {
  /** Size of the outbox from which on `wake` wants to be called. */
  wakeAt = 1;
  delivered = 0;
  refused = 0;
  tries = 0;
  seq = 0;
  problem: string | undefined;
  readonly #parts: SenderParts;
  readonly #abort = new AbortController();
  readonly #beatAfterMs: number;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #leaving = false;
  #parcel: Parcel | undefined;
  #cutting: Timer | undefined;
  #beating: Timer | undefined;
  #beatDue = false;
  readonly #flushes = new Set<Flush>();
  #told = 0;
  #until = 0;
  #closeTarget = 0;
  #refusedInARow = 0;
  #hurry: (() => void) | undefined;
  #closed: (() => void) | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#beatAfterMs = BEAT_AFTER_MS.least + parts.random() * (BEAT_AFTER_MS.most - BEAT_AFTER_MS.least);
    this.#beatNext();
  }

  /** Events of the batch that is under way. */
  get underWay(): number {
    return this.#parcel?.events ?? 0;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Called by publish(): it only sets a timer, because the app is not made to wait for a batch to be written. */
  wake(): void {
    if (this.#parcel || this.#state === 'closed') return;
    this.#cutting?.cancel();
    const full = this.#parts.outbox.size >= BATCH_EVENTS;
    this.wakeAt = full ? Number.POSITIVE_INFINITY : BATCH_EVENTS;
    this.#cutting = this.#parts.clock.after(full ? 0 : BATCH_EVERY_MS, () => this.#cut());
  }

  /** @returns whether within that time nothing published so far waits any more: it was accepted, or is lost and counted */
  flush(withinMs: number): Promise<boolean> {
    const target = this.#parts.outbox.published;
    if (this.#told >= target) return Promise.resolve(true);
    if (this.#state === 'closed') return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (inTime: boolean): void => {
        deadline.cancel();
        this.#flushes.delete(flush);
        resolve(inTime);
      };
      const deadline = this.#parts.clock.after(withinMs, () => done(false));
      deadline.keepAlive?.();
      const flush = { target, done };
      this.#flushes.add(flush);
      this.#now();
    });
  }

  /** From now on each batch says goodbye: whatever still comes is counted, and nobody waits for it. Sends one at once. */
  leave(): void {
    this.#leaving = true;
    this.#beatDue = true;
    this.#now();
  }

  /** Sends all that waits now, and a farewell. @returns whether that was taken within that time */
  async close(withinMs: number): Promise<boolean> {
    const deadline = this.#parts.clock.after(withinMs, () => this.end());
    deadline.keepAlive?.();
    this.#state = 'closing';
    this.#closeTarget = this.#parts.outbox.published;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.leave();
    });
    deadline.cancel();
    return this.#told >= this.#closeTarget && this.#parcel === undefined;
  }

  /** Ends at once, whatever is still waiting or under way. */
  end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.#cutting?.cancel();
    this.#beating?.cancel();
    this.#abort.abort();
    this.#hurry?.();
    this.#parts.transport.close();
    for (const { done } of [...this.#flushes]) done(false);
    this.#closed?.();
    this.#parts.ended();
  }

  #now(): void {
    if (this.#state === 'closed') return;
    this.#hurry?.();
    if (!this.#parcel) this.#cut();
  }

  #beatNext(): void {
    const { clock, time } = this.#parts;
    const now = time.now();
    const next = (Math.floor(now / 1000) + 1) * 1000;
    this.#beating = clock.after(next - now + this.#beatAfterMs, () => {
      // Steady time may run up to 1 % slower than the timer: then the second is not over yet.
      if (time.now() >= next) {
        this.#beatDue = true;
        if (!this.#parcel) this.#cut();
      }
      this.#beatNext();
    });
  }

  #cut(): void {
    const { outbox, time, producer } = this.#parts;
    this.#cutting?.cancel();
    this.#beatDue = false;
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.#parcel = cutParcel(outbox, { producer, seq: ++this.seq, now: time.now(), until: this.#until, bye: this.#leaving }, () =>
      time.now(),
    );
    void this.#deliver(this.#parcel);
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const since = this.#parts.clock.monotonic();
    for (let tried = 0; ; tried++) {
      const outcome = await this.#try(parcel);
      if (this.#state === 'closed') return;
      if (outcome.is !== 'later') return this.#settle(parcel, outcome);
      this.problem = outcome.why;
      this.#warnOf(outcome, since);
      await this.#pause(outcome, tried);
      if (this.isClosed) return;
    }
  }

  async #try(parcel: Parcel): Promise<Outcome> {
    this.tries++;
    try {
      return await this.#parts.transport.send(parcel, this.#abort.signal);
    } catch (error) {
      return { is: 'later', why: `the transport ${this.#parts.transport.name} threw ${String(error)}` };
    }
  }

  #pause({ afterMs }: Later, tried: number): Promise<void> {
    const { clock, random } = this.#parts;
    const { least, most } = RETRY_MS;
    const backOff = Math.min(most, least * 2 ** Math.min(tried, 10)) * (0.5 + random() / 2);
    return new Promise((resolve) => {
      const done = (): void => {
        this.#hurry = undefined;
        timer.cancel();
        resolve();
      };
      const timer = clock.after(Math.min(most, Math.max(backOff, (afterMs ?? 0) * (1 + random() / 10))), done);
      // Who asked the sender to wait is not hurried by a flush; its end is.
      if (afterMs === undefined) this.#hurry = done;
      else this.#hurry = () => this.isClosed && done();
    });
  }

  #settle(parcel: Parcel, outcome: Exclude<Outcome, Later>): void {
    if (outcome.is === 'accepted') {
      this.delivered += parcel.events;
      this.#until = parcel.until;
      this.#refusedInARow = 0;
      this.problem = undefined;
    } else {
      this.#refuse(parcel, outcome);
    }
    this.#parcel = undefined;
    this.#tell(parcel.published);
    this.#next(parcel, outcome.is === 'accepted');
  }

  /** Its events are told as lost by the next batch; where that is refused as well, and again, they are no longer told. */
  #refuse(parcel: Parcel, outcome: Refused): void {
    const { why, type } = outcome;
    const { outbox, transport, warnings, time } = this.#parts;
    this.problem = why;
    this.refused += parcel.events;
    if (type !== undefined && Object.hasOwn(parcel.tally, type)) outbox.bar(type, time.now() + BARRED_MS);
    else this.#refusedInARow++;
    if (this.#refusedInARow >= REFUSED_MAX) outbox.lost.clear();
    else for (const counts of [parcel.lost, parcel.tally]) outbox.lost.addCounts(parcel.t0, counts);
    warnings.warn(`refused ${type ?? ''}`, () => refusedText(transport.name, outcome, parcel.events));
  }

  /** The events up to this running number wait no more: Plummet has them, or they are lost and counted. */
  #tell(published: number): void {
    this.#told = Math.max(this.#told, published);
    for (const flush of [...this.#flushes]) if (flush.target <= this.#told) flush.done(true);
  }

  #next(before: Parcel, accepted: boolean): void {
    const { outbox } = this.#parts;
    const closing = this.#state === 'closing';
    const urgent = closing || this.#beatDue || this.#flushes.size > 0 || outbox.size >= BATCH_EVENTS;
    // Where the farewell was refused, its loss is still to be told.
    const done = before.bye && this.#told >= this.#closeTarget && (accepted || outbox.lost.total === 0);
    if (closing && done) this.end();
    else if (urgent) this.#cut();
    else this.#cutLater();
  }

  #cutLater(): void {
    const { outbox, clock, time } = this.#parts;
    const waiting = outbox.size > 0 || outbox.lost.total > 0;
    this.wakeAt = waiting ? BATCH_EVENTS : 1;
    if (!waiting) return;
    const now = time.now();
    const waitedMs = now - (outbox.oldest ?? now);
    this.#cutting = clock.after(Math.max(0, BATCH_EVERY_MS - waitedMs), () => this.#cut());
  }

  #warnOf(outcome: Later, since: number): void {
    const { outbox, clock, transport, warnings } = this.#parts;
    const lastedMs = clock.monotonic() - since;
    if (outcome.advice === undefined && lastedMs < WARN_AFTER_MS) return;
    warnings.warn(`later ${outcome.advice ?? ''}`, () => laterText(transport.name, outcome, lastedMs, outbox.size + this.underWay));
  }
}
