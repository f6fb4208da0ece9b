/** What `plummet import` tells in the end: a few lines for people, one JSON object for programs. */
import { showSecond } from './backtest-words.ts';
import type { Written } from './import-write.ts';
import type { Output } from './output.ts';

export interface Imported extends Written {
  readonly metric: string;
  readonly series: string;
  readonly source: string;
  /** First and last second. */
  readonly from: number;
  readonly to: number;
  /** Seconds between the first and the last row of each source without one. */
  readonly missing: number;
  readonly missingAs: 'zero' | 'nodata';
  readonly notes: readonly string[];
}

export function importJson({
  metric,
  series,
  source,
  rows,
  from,
  to,
  replaced,
  kept,
  tooOld,
  missing,
  missingAs,
  notes,
}: Imported): object {
  return { metric, series, source, rows, from, to, replaced, kept, tooOld, missing, missingAs, notes };
}

export function sayImport(imported: Imported, { line, talk, style, mark }: Output): void {
  const { metric, source, rows, from, to, replaced, kept, tooOld, missing, missingAs, notes } = imported;
  for (const note of notes) talk(`${mark.warning} ${note}.`);
  const span = `from ${showSecond(from)} to ${showSecond(to)} UTC`;
  line(`${mark.good} ${style('bold', metric)}: ${seconds(rows)} imported from ${source}, ${span}`);
  const about: [number, string][] = [
    [missing, `had no line and ${missing === 1 ? 'is' : 'are'} read as ${missingAs === 'zero' ? 'zero' : 'no data'}`],
    [replaced, 'replaced what was counted elsewhere before: an earlier import, the archive, the demo'],
    [kept, 'stayed as Plummet counted them itself'],
    [tooOld, 'are older than `retention.rates` keeps, and were left out'],
  ];
  for (const [count, what] of about) if (count > 0) line(`  ${seconds(count)} ${what}`);
  line(style('dim', '  A metric that is new learns from it within a minute, where Plummet runs.'));
}

function seconds(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'second' : 'seconds'}`;
}
