/** The process's own health: how late its timers come. */
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Clock, Timer } from '../platform/units/clock.ts';

const EVERY_MS = 100;
/** Told as the worst of this many looks. */
const LOOKS = 10;

/** @returns how to stop */
export function watchLoop(clock: Clock, telemetry: Telemetry): () => void {
  let timer: Timer;
  let worst = 0;
  let looks = 0;
  const look = (due: number): void => {
    const now = clock.monotonic();
    worst = Math.max(worst, now - due);
    looks = (looks + 1) % LOOKS;
    if (looks === 0) {
      telemetry.loopLag({ value: worst / 1000 });
      worst = 0;
    }
    timer = clock.after(EVERY_MS, () => look(now + EVERY_MS));
  };
  timer = clock.after(EVERY_MS, () => look(clock.monotonic()));
  return () => timer.cancel();
}
