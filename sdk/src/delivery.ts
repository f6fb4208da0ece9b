/** The observer that delivers: takes down each event it is told of, and leaves the rest to the sender. */
import type { SteadyTime } from './clock.ts';
import type { DomainEvent, EventClass } from './event.ts';
import { Fields } from './fields.ts';
import type { Outbox } from './outbox.ts';
import { typeOf } from './plan.ts';
import type { Sender } from './sender.ts';
import { fullText } from './trouble.ts';
import type { Warnings } from './warnings.ts';

/** flush() and close() wait so long by default: longer than a restart of the gateway, shorter than anybody's patience with an exit. */
const WITHIN_MS = 5000;

/** Where delivery stands. At any moment `published = delivered + lost + queued`. */
export interface Stats {
  /** Name and random letters of this process. */
  readonly producer: string;
  /** Events this observer was told of. */
  readonly published: number;
  /** Accepted by Plummet. */
  readonly delivered: number;
  /** Discarded for want of memory, refused by Plummet, or published after close(). */
  readonly lost: number;
  /** Waiting in memory or under way. */
  readonly queued: number;
  /** Fields of data that were left out or cut, because they do not travel. */
  readonly trimmed: number;
  /** Batches made, empty heartbeats among them. */
  readonly batches: number;
  /** Batches sent, again ones too. */
  readonly tries: number;
  /** Why the newest try failed; left out while all is well. */
  readonly problem?: string;
}

export interface DeliveryParts {
  readonly producer: string;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly time: SteadyTime;
  readonly warnings: Warnings;
  /** The only fields that leave the app, of any event. */
  readonly send: readonly string[] | undefined;
}

interface Route {
  readonly type: string;
  readonly fields: Fields;
}

/** What connect() returns: an observer for any event. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #routes = new WeakMap<object, Route>();
  #late = 0;
  #trimmed = 0;
  #closing: Promise<boolean> | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Called by publish(). It never waits and never throws: what cannot be delivered is counted, and warned of. */
  handleEvent(event: DomainEvent<object>): void {
    const { outbox, sender, time, warnings } = this.#parts;
    try {
      const { type, fields } = this.#routes.get(event.constructor) ?? this.#routeOf(event);
      if (sender.isClosed) {
        this.#tooLate(type);
        return;
      }
      const data = fields.pick(event.data);
      if (outbox.push(type, Math.floor(time.now()), data, fields.bytes)) this.#full();
      if (outbox.size >= sender.wakeAt) sender.wake();
    } catch (error) {
      warnings.warn('not taken', () => `an event could not be taken down for Plummet: ${String(error)}. Mend its class or its data`);
    }
  }

  /**
   * Sends what waits now, without waiting for more.
   * @returns whether all that was published before is delivered (or lost and counted) within that time
   * @example await plummet.flush({ withinMs: 2000 });
   */
  flush({ withinMs = WITHIN_MS }: { readonly withinMs?: number } = {}): Promise<boolean> {
    return this.#parts.sender.flush(withinMs);
  }

  /**
   * Sends what waits and says goodbye, so that nobody waits for this process: in your own handler of SIGTERM, after the last event.
   * Events published afterwards are counted as lost.
   *
   * @returns whether all of it was delivered (or is lost and counted) within that time
   * @example await plummet.close();
   */
  close({ withinMs = WITHIN_MS }: { readonly withinMs?: number } = {}): Promise<boolean> {
    this.#closing ??= this.#close(withinMs);
    return this.#closing;
  }

  /** Where delivery stands. */
  stats(): Stats {
    const { producer, outbox, sender } = this.#parts;
    return {
      producer,
      published: outbox.published + this.#late,
      delivered: sender.delivered,
      lost: outbox.discarded + sender.refused + this.#late,
      queued: outbox.size + sender.underWay,
      trimmed: this.#trimmed,
      batches: sender.seq,
      tries: sender.tries,
      ...(sender.problem !== undefined && { problem: sender.problem }),
    };
  }

  async #close(withinMs: number): Promise<boolean> {
    const { sender, warnings } = this.#parts;
    const all = await sender.close(withinMs);
    const { queued, problem } = this.stats();
    if (!all)
      warnings.warn(
        'closed',
        () => `closed with ${queued} events undelivered (${problem ?? `no answer in ${withinMs} ms`}); they are lost`,
      );
    return all;
  }

  #routeOf(event: DomainEvent<object>): Route {
    const eventClass = event.constructor as EventClass;
    const type = typeOf(eventClass);
    const route = { type, fields: new Fields(this.#allowed(eventClass, type), (name, what) => this.#trim(type, name, what)) };
    this.#routes.set(eventClass, route);
    return route;
  }

  /** A field travels where every list that there is names it: lists only ever narrow. */
  #allowed(eventClass: EventClass, type: string): ReadonlySet<string> | null {
    const { send, warnings } = this.#parts;
    const own: unknown = (eventClass as { readonly send?: unknown }).send;
    if (own === undefined) return send === undefined ? null : new Set(send);
    if (!Array.isArray(own)) {
      warnings.warn(
        `send ${type}`,
        () => `${eventClass.name}.send must be a list such as ['amount']: until it is, none of its data is sent`,
      );
      return new Set();
    }
    const both = own.filter((name) => send === undefined || send.includes(name));
    if (both.length < own.length) {
      const without = own.filter((name) => !both.includes(name)).join(', ');
      warnings.warn(
        `send ${type}`,
        () => `${eventClass.name}.send names ${without}, connect({ send }) does not: a field is sent where both name it`,
      );
    }
    return new Set(both);
  }

  #trim(type: string, name: string, what: string): void {
    this.#trimmed++;
    this.#parts.warnings.warn(`field ${type} ${name}`, () => `event ${type}: data.${name} ${what}`);
  }

  #full(): void {
    const { sender, outbox, warnings } = this.#parts;
    warnings.warn('full', () => fullText(sender.problem, outbox.size, outbox.discarded));
  }

  #tooLate(type: string): void {
    this.#late++;
    this.#parts.warnings.warn('late', () => `an event ${type} was published after close(): it is lost. Close the connection last of all`);
  }
}
