/** Which observers an event class has, its own and its parents', in the order in which they were named. */
import { EVENT_TYPE, EVENT_TYPE_LENGTH_MAX } from './batch.ts';
import type { DomainEvent, EventClass } from './event.ts';
import { type Group, type Wrapper, wrapped } from './group.ts';
import { failed, handlersOf, isThenable, type NotifyOptions, type Observer, type Told, thrownOf, toldOf, UsageError } from './observers.ts';

/** What is read of an event class beside its constructor. */
interface Statics {
  readonly name: string;
  readonly type?: string;
  readonly handler?: string;
}

interface NamedGroup {
  readonly group: string;
  readonly wrapper: Wrapper | undefined;
}

interface NamedObserver {
  readonly told: Told;
  readonly inside: string | undefined;
}

type Named = NamedGroup | NamedObserver;
type Plan = readonly (Told | Group)[];

const named = new WeakMap<object, Named[]>();
let plans = new WeakMap<object, Plan>();

const OPTIONS: ReadonlySet<string> = new Set<keyof NotifyOptions>(['inside', 'critical', 'handler']);

/** @throws UsageError naming what is wrong: nothing is registered then */
export function notify(eventClass: EventClass, given: readonly (Observer<never> | NotifyOptions)[]): () => void {
  const { name, type, handler } = eventClass as unknown as Statics;
  if (!isRoot(eventClass)) typeOf(eventClass);
  const last = given.at(-1);
  const options = isOptions(name, last) ? last : {};
  const observers = last === options ? given.slice(0, -1) : given;
  if (observers.length === 0) throw new UsageError(`${name}.notifies() was given no observer: give it a function, an object or a class`);
  const { inside } = options;
  const groups = groupsOf(eventClass);
  if (inside !== undefined && !groups.includes(inside)) {
    const known = groups.length === 0 ? 'it has none yet' : `there are ${groups.map((group) => `'${group}'`).join(', ')}`;
    throw new UsageError(`${name} has no group '${inside}' (${known}): declare it first with ${name}.group('${inside}', run => …)`);
  }
  const handlers = isRoot(eventClass) ? ['handleEvent'] : handlersOf(name, type, handler);
  const added = observers.map((observer) => ({ told: toldOf(name, handlers, observer, options), inside }));
  ownOf(eventClass).push(...added);
  plans = new WeakMap();
  return () => {
    const kept = ownOf(eventClass).filter((one) => !added.includes(one as NamedObserver));
    named.set(eventClass, kept);
    plans = new WeakMap();
  };
}

/** @throws UsageError where the name is taken */
export function addGroup(eventClass: EventClass, group: string, wrapper: Wrapper | undefined): void {
  if (groupsOf(eventClass).includes(group)) {
    throw new UsageError(`${eventClass.name} has a group '${group}' already: use it with { inside: '${group}' }, or choose another name`);
  }
  if (wrapper !== undefined && typeof wrapper !== 'function') {
    throw new UsageError(`${eventClass.name}.group('${group}', …) takes a function such as run => db.transaction(run), or nothing`);
  }
  ownOf(eventClass).push({ group, wrapper });
  plans = new WeakMap();
}

/** @throws UsageError where the class has no type, or one that no event can have */
export function typeOf(eventClass: EventClass): string {
  const { name, type } = eventClass as unknown as Statics;
  if (type === undefined) throw new UsageError(`${name} has no type: add \`static readonly type = 'order.placed'\` to it`);
  if (typeof type === 'string' && type.length <= EVENT_TYPE_LENGTH_MAX && EVENT_TYPE.test(type)) return type;
  throw new UsageError(
    `${name}.type is ${JSON.stringify(type)}: a type is lower case words with dots, such as 'order.placed', ` +
      `at most ${EVENT_TYPE_LENGTH_MAX} characters`,
  );
}

export function planOf(eventClass: EventClass): Plan {
  return plans.get(eventClass) ?? makePlan(eventClass);
}

/** Tells everybody, waits for nobody. @throws what critical observers threw, after all were told */
export function tellAll(plan: Plan, event: DomainEvent<object>): void {
  let errors: readonly unknown[] = NONE;
  for (let i = 0; i < plan.length; i++) {
    const step = plan[i] as Told | Group;
    try {
      const result = step.tell(event);
      if (isThenable(result)) result.then(undefined, (error: unknown) => void failed(step, event, error));
    } catch (error) {
      errors = [...errors, ...failed(step, event, error)];
    }
  }
  if (errors.length > 0) throw thrownOf(errors);
}

/** Tells one after the other, each after the one before has finished. Rejects with what critical observers threw, after all were told. */
export async function tellAllAndWait(plan: Plan, event: DomainEvent<object>): Promise<void> {
  let errors: readonly unknown[] = NONE;
  for (const step of plan) {
    try {
      await step.tell(event);
    } catch (error) {
      errors = [...errors, ...failed(step, event, error)];
    }
  }
  if (errors.length > 0) throw thrownOf(errors);
}

const NONE: readonly unknown[] = [];

function makePlan(eventClass: EventClass): Plan {
  typeOf(eventClass);
  const all = lineOf(eventClass).flatMap((one) => named.get(one) ?? []);
  const seen: Told[] = [];
  // Who is named twice, by a class and its parent for instance, is told once: nothing is counted double.
  const once = all.filter((one) => {
    if (!('told' in one)) return true;
    const { observer, method } = one.told;
    if (seen.some((told) => told.observer === observer && told.method === method)) return false;
    seen.push(one.told);
    return true;
  });
  const plan = once.flatMap((one): Plan => {
    if ('told' in one) return one.inside === undefined ? [one.told] : [];
    const members = once.flatMap((member) => ('told' in member && member.inside === one.group ? [member.told] : []));
    if (members.length === 0) return [];
    return one.wrapper === undefined ? members : [wrapped(one.group, one.wrapper, members)];
  });
  plans.set(eventClass, plan);
  return plan;
}

/** The class and its parents, the eldest first. */
function lineOf(eventClass: EventClass): EventClass[] {
  const line: EventClass[] = [];
  for (let one: unknown = eventClass; typeof one === 'function' && one !== Function.prototype; one = Object.getPrototypeOf(one)) {
    line.unshift(one as EventClass);
  }
  return line;
}

/** DomainEvent itself: whoever observes it observes every event. */
function isRoot(eventClass: EventClass): boolean {
  return Object.getPrototypeOf(eventClass) === Function.prototype;
}

function ownOf(eventClass: EventClass): Named[] {
  const own = named.get(eventClass) ?? [];
  named.set(eventClass, own);
  return own;
}

function groupsOf(eventClass: EventClass): string[] {
  return lineOf(eventClass).flatMap((one) => (named.get(one) ?? []).flatMap((entry) => ('group' in entry ? [entry.group] : [])));
}

/** Options are a plain object whose keys are options; any other object observes. */
function isOptions(name: string, last: unknown): last is NotifyOptions {
  if (typeof last !== 'object' || last === null || Object.getPrototypeOf(last) !== Object.prototype) return false;
  const keys = Object.keys(last);
  if (!keys.some((key) => OPTIONS.has(key))) return false;
  const stranger = keys.find((key) => !OPTIONS.has(key));
  if (stranger === undefined) return true;
  throw new UsageError(`${name}.notifies(): there is no option '${stranger}'; there are ${[...OPTIONS].join(', ')}`);
}
