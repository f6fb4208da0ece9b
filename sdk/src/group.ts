/** Observers that run inside a wrapper, a database transaction for instance: in order, each after the one before has finished. */
import type { DomainEvent } from './event.ts';
import { CriticalFailure, failed, isThenable, type Told } from './observers.ts';

/**
 * Runs a group's observers by calling `run`, once or, where a transaction is tried again, more often. `run` returns a promise
 * where any of them is asynchronous, else nothing. It throws only what a `critical` observer threw.
 */
export type Wrapper = (run: () => Promise<void> | undefined, event: DomainEvent<object>) => unknown;

/** One step of a plan, like a single observer. It throws, or rejects, with a CriticalFailure or what the wrapper itself threw. */
export interface Group {
  readonly name: string;
  /** Whether any observer in it is: then a failure of the wrapper undoes its work, and concerns the publisher as well. */
  readonly critical: boolean;
  tell(event: DomainEvent<object>): unknown;
}

export function wrapped(name: string, wrapper: Wrapper, members: readonly Told[]): Group {
  const group: Group = {
    name: `the wrapper of group '${name}'`,
    critical: members.some((member) => member.critical),
    tell(event) {
      let errors: unknown[] = [];
      const run = (): Promise<void> | undefined => {
        errors = [];
        const rest = tellInOrder(members, 0, event, errors);
        if (!rest) {
          throwFirst(errors);
          return undefined;
        }
        const done = rest.then(() => throwFirst(errors));
        // A wrapper that awaits nothing has no use for it: what failed was reported, and is not to end the process as well.
        done.catch(() => {});
        return done;
      };
      const settle = (thrown: readonly unknown[]): void => {
        const all = [...errors, ...thrown.filter((error) => !errors.includes(error)).flatMap((error) => failed(group, event, error))];
        if (all.length > 0) throw new CriticalFailure(all);
      };
      let result: unknown;
      try {
        result = wrapper(run, event);
      } catch (error) {
        return settle([error]);
      }
      if (!isThenable(result)) return settle([]);
      return result.then(
        () => settle([]),
        (error: unknown) => settle([error]),
      );
    },
  };
  return group;
}

/** @param errors  receives what critical members threw */
function tellInOrder(members: readonly Told[], from: number, event: DomainEvent<object>, errors: unknown[]): Promise<void> | undefined {
  for (let i = from; i < members.length; i++) {
    const member = members[i] as Told;
    const fail = (error: unknown): void => void errors.push(...failed(member, event, error));
    try {
      const result = member.tell(event);
      if (isThenable(result)) return Promise.resolve(result.then(undefined, fail)).then(() => tellInOrder(members, i + 1, event, errors));
    } catch (error) {
      fail(error);
    }
  }
  return undefined;
}

function throwFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors[0];
}
