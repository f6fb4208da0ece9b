/** A wait of a command, which ends with it and not before: other waits let the process end. */
import { systemClock } from '../../platform/units/clock.ts';

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(delayMs, resolve).keepAlive?.());
}
