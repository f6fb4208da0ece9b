/** What the commands that read a counts CSV have in common: their flags, what they ask back, how a mistake is told. */

import { readFileSync } from 'node:fs';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { MISSING_SHARE_MAX } from '../../detectors/backtest/replay.ts';
import { readCalendar } from '../../detectors/planned/ical.ts';
import { HOW_TO_WRITE, itemOf, planOf } from '../../detectors/planned/items.ts';
import type { Calendar } from '../../detectors/planned/occurrences.ts';
import { expectedBy, type Plan } from '../../detectors/planned/plan.ts';
import { ianaZone, type Zone } from '../../detectors/planned/zone.ts';
import { type Output, UserError } from './output.ts';

type Holds = ((second: number) => boolean) | undefined;

/** @returns whether a closing of `--closed` holds in a second; undefined where there is none. @throws UserError */
export function closedFlag(texts: readonly string[], timezone: string): Holds {
  const plan = planFlag('--closed', texts, timezone);
  return plan && ((second) => plan.holds(second));
}

/** @returns whether a planned event of `--expect` holds in a second; undefined where there is none. @throws UserError */
export function expectFlag(texts: readonly string[], timezone: string): Holds {
  const plan = planFlag('--expect', texts, timezone);
  return plan && expectedBy(plan);
}

/** As in the YAML; what ends in `.ics` is a calendar. */
function planFlag(flag: string, texts: readonly string[], timezone: string): Plan | undefined {
  const zone = zoneFlag(timezone);
  if (texts.length === 0) return undefined;
  const items = texts.map((text) => {
    const isFile = /\.ics$/i.test(text);
    const item = isFile ? itemOf({ calendar: text }, { [text]: calendarAt(flag, text) }) : itemOf(text, {});
    if (typeof item !== 'string') return item;
    const kind = flag === '--closed' ? 'planned closing' : 'planned event';
    const hint = HOW_TO_WRITE.replace('{ calendar: holidays.ics }', 'name a file, holidays.ics');
    throw new UserError(`${flag} "${text}" is no ${kind}${item}.`, { hint });
  });
  return planOf(items, zone);
}

function zoneFlag(timezone: string): Zone {
  try {
    return ianaZone(timezone);
  } catch {
    throw new UserError(`--timezone ${timezone} is no time zone.`, { hint: 'Write an IANA name like Europe/Berlin.' });
  }
}

/** What is said of fractions has been heard where the counts are sums. @param value  of the metric */
export function notesOf(notes: readonly string[], value: string | undefined): readonly string[] {
  return value === undefined ? notes : notes.filter((note) => !note.includes('--sum'));
}

function calendarAt(flag: string, file: string): Calendar {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(`${flag} ${file} cannot be read.`, { hint: 'Check the path and who may read it.' });
  }
  const read = readCalendar(text);
  if (!('message' in read)) return read;
  throw new UserError(`${flag} ${file}${read.line === null ? '' : `:${read.line}`}: ${read.message}.`, {
    hint: 'Mend the file, or export it anew.',
  });
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
