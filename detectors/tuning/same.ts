/** Whether two detectors that took the same seconds will find the same from now on, whatever comes. */
import type { SavedSumDrop } from '../compound/sum-drop.ts';
import type { SavedSteepDrop } from '../steep-drop/steep-drop.ts';

/** What they may differ in: it says nothing while neither is down, or is looked after by whoever asks. */
const LEFT_OUT = new Set(['pagedAt', 'bursty']);

/** But for how bursty each takes its metric for. Both watch: a fall that is not over is told from everything. */
export function knowSame(one: SavedSteepDrop, other: SavedSteepDrop): boolean {
  if (one.fall || other.fall || !alike(unitOf(one), unitOf(other))) return false;
  return alike(one.at, other.at) && alike(one.dispersion, other.dispersion) && alike(one.normals, other.normals);
}

/** What one event is worth to a sum; of counts nothing. */
const unitOf = (saved: SavedSumDrop): SavedSumDrop['unit'] => saved.unit;

function alike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((each, i) => alike(each, other[i]));
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  return Object.entries(one).every(([key, value]) => LEFT_OUT.has(key) || alike(value, other[key as keyof typeof other]));
}
