/** Settings of all events in this process, and whether observers are told at all. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, systemClock } from './clock.ts';
import type { DomainEvent } from './event.ts';
import { Warnings } from './warnings.ts';

/** An observer that threw, or whose promise was rejected. */
export interface ObserverFailure {
  readonly error: unknown;
  readonly event: DomainEvent<object>;
  /** Name of the observer, or of the group whose wrapper failed. */
  readonly observer: string;
  /** Whether publish() throws, or publishAndWait() rejects, because of it. */
  readonly critical: boolean;
}

export interface Settings {
  /** Hears of every observer that failed. */
  onError?: ((failure: ObserverFailure) => void) | undefined;
  /** Hears of every warning; left out, they go to `process.emitWarning`, where they are printed. */
  onWarning?: ((warning: string) => void) | undefined;
  /** Paces warnings; for tests. */
  clock?: Clock | undefined;
}

let settings: Settings = {};
let warnings = new Warnings(systemClock, giveWarning);

/**
 * Changes settings; those that are left out stay.
 * @example configure({ onError: ({ error, observer }) => logger.error({ error, observer }) })
 */
export function configure(change: Settings): void {
  settings = { ...settings, ...change };
  if ('clock' in change) warnings = new Warnings(change.clock ?? systemClock, giveWarning);
}

/** Where warnings go, here and in every connection. */
export function giveWarning(text: string): void {
  if (settings.onWarning) settings.onWarning(text);
  else process.emitWarning(text, 'PlummetWarning');
}

/** Tells of an observer that failed; never throws itself. */
export function reportFailure(failure: ObserverFailure): void {
  const { error, event, observer } = failure;
  const name = event.constructor.name;
  try {
    settings.onError?.(failure);
  } catch (thrown) {
    warnings.warn('onError', () => `configure({ onError }) threw ${shown(thrown)} itself: mend it, failed observers are reported there`);
  }
  warnings.warn(`${name} ${observer}`, () => {
    const remedy = settings.onError ? '' : ', or hear of it with configure({ onError })';
    return `${name}: its observer ${observer} failed: ${shown(error)}. The others were told all the same. Mend ${observer}${remedy}`;
  });
}

function shown(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something that cannot be shown';
  }
}

/** What stands between publish() and the observers; `none` is all that publish() looks at while nothing does. */
export const gate = { none: true };

let enabled = true;
let scopes = false;
const scope = new AsyncLocalStorage<boolean>();
const listeners = new Set<(event: DomainEvent<object>) => void>();

/** From now on publish() tells nobody, in the whole process: for tests. Recorders still hear. */
export function disable(): void {
  enabled = false;
  gate.none = false;
}

/** Takes disable() back. */
export function enable(): void {
  enabled = true;
  gate.none = !scopes && listeners.size === 0;
}

/**
 * Runs `run`, and what it awaits, with observers off; whatever else runs in this process at the same time is not affected.
 * @example const order = await whileDisabled(() => createOrder())
 */
export function whileDisabled<T>(run: () => T): T {
  return within(false, run);
}

/**
 * The other way round: observers are told inside `run`, though disable() holds outside.
 * @example await whileEnabled(() => checkout.pay(order))
 */
export function whileEnabled<T>(run: () => T): T {
  return within(true, run);
}

function within<T>(on: boolean, run: () => T): T {
  // A scope lives as long as the last promise made in it, and nobody can tell when that is: from the first one on, publish() asks.
  scopes = true;
  gate.none = false;
  return scope.run(on, run);
}

/** Adds a recorder. @returns takes it off again */
export function listen(listener: (event: DomainEvent<object>) => void): () => void {
  listeners.add(listener);
  gate.none = false;
  return () => {
    listeners.delete(listener);
    gate.none = enabled && !scopes && listeners.size === 0;
  };
}

/** Asked where `gate.none` is false: tells the recorders. @returns whether observers are to be told */
export function passes(event: DomainEvent<object>): boolean {
  for (const listener of listeners) listener(event);
  return scope.getStore() ?? enabled;
}
