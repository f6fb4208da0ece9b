/** Long work on a loop that also does what cannot wait: a few milliseconds at a time, and never more than half of the time. */
import { type Clock, sleep } from './clock.ts';

const WORK_MS_MAX = 4;

/** @param step  works for some hundreds of microseconds at most, and says whether all is done */
export async function inSlices(clock: Clock, step: () => boolean, stopping?: AbortSignal): Promise<void> {
  let began = clock.monotonic();
  while (!step() && !stopping?.aborted) {
    const worked = clock.monotonic() - began;
    if (worked < WORK_MS_MAX) continue;
    await sleep(clock, worked, stopping);
    began = clock.monotonic();
  }
}
