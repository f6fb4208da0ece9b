/** What happens in an app, in its own words: a class for each kind of event, told to whoever observes it. */
import { gate, passes } from './configure.ts';
import type { Wrapper } from './group.ts';
import type { NotifyOptions, Observer } from './observers.ts';
import { addGroup, notify, planOf, tellAll, tellAllAndWait, typeOf } from './plan.ts';

/** The class of an event, abstract ones too. */
export type EventClass<E extends DomainEvent<object> = DomainEvent<object>> = abstract new (...args: never[]) => E;

type NoData = Record<never, never>;

const NOTHING: NoData = Object.freeze({});

/**
 * An event of your business. Subclasses say their `type`, and may say
 * - `static readonly send = ['amount']`: the only fields of data that leave the app;
 * - `static readonly handler = 'onOrder'`: the method called on observers, instead of `handleOrderPlaced`.
 *
 * @example
 * class OrderPlaced extends DomainEvent<{ amount: number }> {
 *   static readonly type = 'order.placed';
 * }
 * OrderPlaced.notifies(plummet, sendReceipt);
 * new OrderPlaced({ amount: 42 }).publish();
 */
export abstract class DomainEvent<Data extends object = NoData> {
  /** For the observers in the app, of any shape; what of it leaves the app are texts, finite numbers, booleans and nulls. */
  readonly data: Data;

  // The data may be left out exactly where none of its fields is required.
  constructor(...data: NoData extends Data ? [data?: Data] : [data: Data]);
  constructor(data?: Data) {
    this.data = data ?? (NOTHING as Data);
  }

  /** The type its class says. */
  get type(): string {
    return typeOf(this.constructor as EventClass);
  }

  /**
   * Tells every observer, those of parent classes first, and waits for none: what fails later is reported all the same.
   * An observer that throws stops neither the others nor the publisher; see `configure({ onError })`.
   *
   * @throws what observers named with `critical: true` threw, after all were told; UsageError where the class has no right type
   */
  publish(): void {
    const plan = planOf(this.constructor as EventClass);
    if (gate.none || passes(this)) tellAll(plan, this);
  }

  /**
   * Tells one observer after the other, each after the one before has finished, asynchronous ones too.
   * @example await new OrderPlaced({ amount: 42 }).publishAndWait();
   */
  async publishAndWait(): Promise<void> {
    const plan = planOf(this.constructor as EventClass);
    if (gate.none || passes(this)) await tellAllAndWait(plan, this);
  }

  /**
   * Names who observes this event and all its subclasses; `DomainEvent.notifies(…)` observes everything. Observers are told in
   * the order in which they were named, and once, however often they were. The last argument may be options.
   *
   * @returns takes these observers off again
   * @throws UsageError for a missing observer, one that has no handler, a group that does not exist, an option that is none
   * @example OrderPlaced.notifies(plummet, sendReceipt, new Warehouse());
   * @example OrderPlaced.notifies(bookInvoice, { inside: 'transaction', critical: true });
   */
  static notifies<E extends DomainEvent<object>>(this: EventClass<E>, ...observers: (Observer<E> | NotifyOptions)[]): () => void {
    // biome-ignore lint/complexity/noThisInStatic: it is the subclass that counts.
    return notify(this as EventClass, observers as (Observer<never> | NotifyOptions)[]);
  }

  /**
   * Declares a group: observers `inside` it run within `wrapper`, at this place among the others. Without a wrapper they run as they are.
   *
   * @throws UsageError where this class or a parent has a group of that name
   * @example OrderPlaced.group('transaction', (run) => db.transaction(run));
   */
  static group(this: EventClass, name: string, wrapper?: Wrapper): void {
    // biome-ignore lint/complexity/noThisInStatic: it is the subclass that counts.
    addGroup(this, name, wrapper);
  }

  /**
   * Everything about one event in one place.
   * @example
   * OrderPlaced.configure((event) => {
   *   event.group('transaction', (run) => db.transaction(run));
   *   event.notifies(bookInvoice, { inside: 'transaction' });
   *   event.notifies(plummet);
   * });
   */
  static configure<C extends EventClass>(this: C, set: (event: C) => void): void {
    // biome-ignore lint/complexity/noThisInStatic: it is the subclass that counts.
    set(this);
  }
}
