/** Reads rates, writes rollups, within the store: rolls hours up anew once nobody touches them any more. Everything may be done twice. */
import type { Telemetry } from '../telemetry/catalogue.ts';
import { atMost } from '../units/at-most.ts';
import { type Clock, sleep } from '../units/clock.ts';
import { rollUp, touchUnsure, type WaitingHour, waitingHours } from './rollups.ts';
import type { Store } from './store.ts';

export interface RollerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** 0..1; where several processes begin, so that they share the work. */
  readonly random: () => number;
  /** Between two looks at least. */
  readonly lookMs?: number;
}

export interface Roller {
  /** Ends after the request in flight, or without it. */
  stop(): Promise<void>;
}

/**
 * A touch may be seen a moment before the rows that it tells of. An hour is rolled up when two looks so far apart saw the same touches; the
 * hour that is written now is touched each second and waits until it is over.
 */
const LOOK_MS = 5000;
/** Looking takes longer the more there is: a hundredth of the time is for it. */
const LOOKING_SHARE = 0.01;
const HOURS_MAX = 20_000;
/** Some 100 ms of work for the store. */
const HOURS_A_STATEMENT = 12;
/** A request that hangs ends by itself later than a process may take to stop. */
const STOP_MS = 1000;

export function startRoller(options: RollerOptions): Roller {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await atMost(options.clock, STOP_MS, running);
    },
  };
}

async function run({ store, clock, telemetry, random, lookMs = LOOK_MS }: RollerOptions, signal: AbortSignal): Promise<void> {
  let seen = new Map<string, number>();
  const begun: number[] = [];
  while (!signal.aborted) {
    let pauseMs = lookMs;
    try {
      await touchUnsure(store, begun);
      const began = clock.monotonic();
      const waiting = await waitingHours(store, HOURS_MAX);
      pauseMs = Math.max(lookMs, (clock.monotonic() - began) / LOOKING_SHARE);
      const settled = waiting.filter((hour) => seen.get(keyOf(hour)) === hour.touches);
      seen = new Map(waiting.map((hour) => [keyOf(hour), hour.touches]));
      if (settled.length > 0) await rollAll(store, settled, random(), signal);
      telemetry.rollupsWaiting({ value: waiting.length - settled.length });
    } catch {
      // The store says itself that it is away, and why; what waits goes on waiting, and is looked at anew.
      seen = new Map();
    }
    await sleep(clock, pauseMs, signal);
  }
}

async function rollAll(store: Store, hours: readonly WaitingHour[], begin: number, signal: AbortSignal): Promise<void> {
  const lots = Math.ceil(hours.length / HOURS_A_STATEMENT);
  for (let i = 0; i < lots && !signal.aborted; i++) {
    const at = ((i + Math.floor(begin * lots)) % lots) * HOURS_A_STATEMENT;
    await rollUp(store, hours.slice(at, at + HOURS_A_STATEMENT));
  }
}

const keyOf = ({ metric, hour }: WaitingHour): string => `${hour} ${metric}`;
