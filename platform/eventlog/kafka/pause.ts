/** A wait on which somebody's work depends, as at a start when no broker answers yet: the process stays for it. */
import type { Clock } from '../../units/clock.ts';

export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve).keepAlive?.());
}
