/** Who is told of an event: what may observe, the method that is called on it, and what a failure of it does. */
import { reportFailure } from './configure.ts';
import type { DomainEvent } from './event.ts';

/**
 * A function; an object with `handleOrderPlaced` (from the event's class) or `handleEvent`; or a class that has either as a
 * static method, or else as an ordinary one: of such a class one instance is made.
 */
export type Observer<E extends DomainEvent<object> = DomainEvent<object>> = ((event: E) => unknown) | object;

/** The last argument of notifies(). */
export interface NotifyOptions {
  /** Name of the group in whose wrapper these observers run. */
  inside?: string;
  /** publish() throws what these throw, after all others were told. Inside a group the wrapper sees it first: a transaction rolls back. */
  critical?: boolean;
  /** The method called on these, instead of the one that follows from the event's name. */
  handler?: string;
}

/** A mistake in how events are declared or observed, or in what connect() is given; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What notifies() made of one observer. */
export interface Told {
  readonly observer: unknown;
  readonly method: string | null;
  readonly name: string;
  readonly critical: boolean;
  tell(event: DomainEvent<object>): unknown;
}

/** The methods that are looked for on an observer, the first that is there is called. */
export function handlersOf(className: string, type: string | undefined, override: string | undefined): string[] {
  if (override !== undefined) return [override, 'handleEvent'];
  // A minifier renames classes; the type survives it.
  const names = [
    className.replace(/(?<=.)Event$/, ''),
    (type ?? '').replaceAll(/(?:^|[._-]+)(.?)/g, (_, letter: string) => letter.toUpperCase()),
  ];
  const derived = names.filter((name) => name !== '').map((name) => `handle${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return [...new Set([...derived, 'handleEvent'])];
}

/**
 * @param event  name of the event's class, for errors
 * @throws UsageError where nothing on the observer can be called
 */
export function toldOf(event: string, handlers: readonly string[], observer: unknown, options: NotifyOptions): Told {
  const wanted = options.handler === undefined ? handlers : [options.handler];
  const critical = options.critical === true;
  if (observer === null || observer === undefined || (typeof observer !== 'object' && typeof observer !== 'function')) {
    throw new UsageError(`${event}.notifies() was given ${String(observer)} as an observer: give it a function, an object or a class`);
  }
  const method = methodOn(observer, wanted);
  if (method !== undefined) return callOn(observer, observer as Handlers, method, critical);
  if (typeof observer !== 'function') throw missing(event, nameOf(observer), wanted);
  const onInstances = methodOn(observer.prototype, wanted);
  if (onInstances !== undefined) return callOn(observer, instanceOf(event, observer as MadeWithout), onInstances, critical);
  if (isClass(observer)) throw missing(event, nameOf(observer), wanted);
  const name = observer.name === '' ? 'an unnamed function' : observer.name;
  return { observer, method: null, name, critical, tell: observer as Told['tell'] };
}

type Handlers = Record<string, (event: DomainEvent<object>) => unknown>;
type MadeWithout = new () => object;

/** The method is looked up at each call, so that a test may replace it. */
function callOn(observer: unknown, target: Handlers, method: string, critical: boolean): Told {
  return { observer, method, name: `${nameOf(target)}.${method}`, critical, tell: (event) => (target[method] as Handlers[string])(event) };
}

function methodOn(target: unknown, wanted: readonly string[]): string | undefined {
  if (target === null || target === undefined) return undefined;
  return wanted.find((method) => typeof (target as Record<string, unknown>)[method] === 'function');
}

function instanceOf(event: string, observerClass: MadeWithout): Handlers {
  if (observerClass.length > 0) {
    throw new UsageError(
      `${event}.notifies(${observerClass.name}): its constructor takes arguments, so give an instance: ` +
        `${event}.notifies(new ${observerClass.name}(…))`,
    );
  }
  return new observerClass() as Handlers;
}

function isClass(observer: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(observer));
}

function nameOf(target: unknown): string {
  if (typeof target === 'function') return target.name === '' ? 'an unnamed class' : target.name;
  const name = (target as object).constructor?.name;
  return name === undefined || name === 'Object' || name === '' ? 'an object' : name;
}

function missing(event: string, observer: string, wanted: readonly string[]): UsageError {
  return new UsageError(
    `${event}.notifies(): ${observer} has no ${wanted.join(' or ')}: add one of them, or name another with { handler: '…' }`,
  );
}

/** What critical observers threw; they were reported already. */
export class CriticalFailure {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    this.errors = errors;
  }
}

/** What the publisher gets to see of them. */
export function thrownOf(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} critical observers failed`);
}

/** Reports a failure. @returns the errors that concern the publisher, none where the observer is not critical */
export function failed(
  step: { readonly name: string; readonly critical: boolean },
  event: DomainEvent<object>,
  error: unknown,
): readonly unknown[] {
  if (error instanceof CriticalFailure) return error.errors;
  reportFailure({ error, event, observer: step.name, critical: step.critical });
  return step.critical ? [error] : [];
}

export function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && typeof (result as { then?: unknown }).then === 'function';
}
