/** Waiting for something that may never come. */
import { type Clock, sleep } from './clock.ts';

/**
 * Resolves with the promise, or `delayMs` later without it, or when `signal` aborts; leaves no timer behind.
 *
 * @returns whether the promise came first
 * @throws what the promise rejects with, where that comes first
 */
export async function atMost(clock: Clock, delayMs: number, promise: Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const signals = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
  const came = promise.then(() => true);
  return Promise.race([came, sleep(clock, delayMs, signals).then(() => false)]).finally(() => over.abort());
}
