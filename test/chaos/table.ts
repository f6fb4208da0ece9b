/** Verdicts as a table of text, for a terminal and for docs/chaos.md alike. */
import type { Verdict } from './judge.ts';

const HEAD = ['row', 'fault', 'lost', 'double', 'false', 'missed', 'delay', 'after sure', 'undecided', 'more', 'holds'];

export const holds = ({ problems }: Verdict): boolean => problems.length === 0;

const seconds = (ms: number | null): string => (ms === null ? '' : `${(ms / 1000).toFixed(1)} s`);

export function table(verdicts: readonly Verdict[]): string {
  const cells = verdicts.map((verdict) => [
    verdict.id,
    verdict.what,
    String(verdict.lost),
    String(verdict.double),
    String(verdict.falsePages),
    String(verdict.missedPages),
    seconds(verdict.delayMs),
    seconds(verdict.afterSureMs),
    seconds(verdict.undecidedMs),
    [verdict.figure?.text, verdict.repeats > 0 ? `${verdict.repeats} repeat` : '', verdict.moved > 0 ? `${verdict.moved} moved` : '']
      .filter(Boolean)
      .join(', '),
    holds(verdict) ? 'yes' : 'NO',
  ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((row) => (row[i] as string).length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
