/** What one event is worth to a recorded sum, to know how long its falls are to be waited for. */
import { Unit } from '../compound/unit.ts';
import type { History } from './history.ts';

/** Learned from all of its seconds as a detector learns it, but for what was down. @returns > 0 */
export function unitOf({ counts, shares, closed }: History): number {
  const unit = new Unit();
  for (let at = 0; at < counts.length; at++) {
    const n = counts[at] as number;
    if (Number.isNaN(n)) {
      unit.break();
      continue;
    }
    unit.adopt();
    const share = shares ? (shares[at] as number) : 1;
    unit.add(unit.counted(n, share), share, closed?.[at] !== 1);
  }
  return unit.value;
}
