/** A verdict as a line of text. */
import type { Verdict } from './scenario.ts';

/** Delays above this are no promise: only whether a fall is found was asked. */
const NO_LIMIT = 1e9;

export function line(verdict: Verdict): string {
  const { part, what, unit, seen, p95, trials, missed, promised, timesFloor, atSix, says } = verdict;
  const scale = unit === 'share' ? 100 : 1;
  const show = (value: number): string => (value * scale).toFixed(unit === 'share' ? 1 : 2);
  const figure =
    missed === trials ? 'none found' : `${show(seen.value)} [${show(seen.low)}, ${show(seen.high)}]${unit === 'share' ? ' %' : ` ${unit}`}`;
  const details = [
    promised && promised.pass < NO_LIMIT ? `pass ${show(promised.pass)}` : '',
    p95 === undefined || Number.isNaN(p95) ? '' : `p95 ${p95.toFixed(1)}`,
    timesFloor === undefined ? '' : `${timesFloor.toFixed(2)} x floor`,
    `n = ${trials}`,
    atSix === undefined ? '' : `${atSix} at -6`,
    missed > 0 ? `${missed} MISSED` : '',
  ];
  return `${says.padEnd(6)} ${part.padEnd(3)} ${what}: ${figure}, ${details.filter((detail) => detail !== '').join(', ')}`;
}
