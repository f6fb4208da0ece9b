/** What the commands that read a counts CSV have in common: their flags, what they ask back, how a mistake is told. */
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { MISSING_SHARE_MAX } from '../../detectors/backtest/replay.ts';
import { closedBy, parseClosing } from '../../detectors/counting/closed.ts';
import { type Output, UserError } from './output.ts';

/** @returns whether a closing of `--closed` holds in a second; undefined where there is none. @throws UserError */
export function closedFlag(texts: readonly string[], timezone: string): ((second: number) => boolean) | undefined {
  const closings = texts.map((text) => {
    const closing = parseClosing(text);
    if (closing) return closing;
    throw new UserError(`--closed "${text}" is no planned closing.`, { hint: 'Write it like "Sun 02:00-04:00" or "daily 23:30-05:00".' });
  });
  try {
    const closed = closedBy(closings, timezone);
    return closings.length > 0 ? closed : undefined;
  } catch {
    throw new UserError(`--timezone ${timezone} is no time zone.`, { hint: 'Write an IANA name like Europe/Berlin.' });
  }
}

/** What is said of fractions has been heard where the counts are sums. @param value  of the metric */
export function notesOf(notes: readonly string[], value: string | undefined): readonly string[] {
  return value === undefined ? notes : notes.filter((note) => !note.includes('--sum'));
}

/** Rows read so far: first and last second, seconds without a row, the least distance of two. */
interface Read {
  readonly from: number | null;
  readonly to: number | null;
  readonly missing: number;
  readonly stepSeconds: number | null;
}

/** @throws CsvProblem where so many seconds have no row that only their owner knows what it means */
export function demandMissing({ missing, from, to, stepSeconds }: Read): void {
  if (from === null || to === null) return;
  const span = to - from + 1;
  const share = missing / span;
  if (share <= MISSING_SHARE_MAX) return;
  const shown = `${missing.toLocaleString('en-US')} of ${span.toLocaleString('en-US')} seconds (${(share * 100).toFixed(1)}%)`;
  const apart = stepSeconds !== null && stepSeconds > 1 ? ` ${farApart(stepSeconds)}.` : '';
  throw new CsvProblem(
    null,
    `${shown} have no line, which can mean two things.${apart}`,
    'Say --missing zero where a second without a line had no events, --missing nodata where nothing is known of it.',
  );
}

/** Rows of minutes, read as seconds. */
export function farApart(stepSeconds: number): string {
  return `No two lines are less than ${stepSeconds} s apart; counts of single seconds are meant`;
}

/** With --json the file has its line on stdout all the same, so that lines and files stay pairs. */
export function sayCsvProblem({ line, message, hint }: CsvProblem, file: string, json: boolean, output: Output): void {
  if (json) output.json({ file, error: { line, message, hint } });
  output.talk(`${output.mark.bad} ${line === null ? `${file}:` : `${file}:${line} `} ${message}`);
  output.talk(`  ${hint}`);
}
