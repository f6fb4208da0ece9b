/** Hears what the sdk reports while it is in scope: failures of observers, and warnings. */
import { configure, type ObserverFailure } from '@plummet/sdk';
import type { Clock } from '@plummet/sdk/clock';

export interface Hearing extends Disposable {
  readonly failures: ObserverFailure[];
  readonly warnings: string[];
}

/** @param clock  paces the warnings about observers */
export function hearing(clock?: Clock): Hearing {
  const failures: ObserverFailure[] = [];
  const warnings: string[] = [];
  configure({ onError: (failure) => failures.push(failure), onWarning: (warning) => warnings.push(warning), clock });
  return {
    failures,
    warnings,
    [Symbol.dispose]: () => configure({ onError: undefined, onWarning: undefined, clock: undefined }),
  };
}
