/** Waiting for something that may never come. */
import { type Clock, sleep } from '../platform/units/clock.ts';

/** Resolves with the promise, or `delayMs` later without it, or when `signal` aborts; leaves no timer behind. */
export async function atMost(clock: Clock, delayMs: number, promise: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  const over = new AbortController();
  const signals = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
  await Promise.race([promise, sleep(clock, delayMs, signals)]).finally(() => over.abort());
}
