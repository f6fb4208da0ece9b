/** `closed:` and `expect:` of all metrics: the calendars that they name, what is wrong with them, and the plans that they make. */
import { type CalendarProblem, readCalendar } from '../../detectors/planned/ical.ts';
import { HOW_TO_WRITE, type Item, itemOf, itemsOf, planOf, type WrittenItem } from '../../detectors/planned/items.ts';
import type { Calendar } from '../../detectors/planned/occurrences.ts';
import { overlapsAlways, overlapsOnce } from '../../detectors/planned/overlap.ts';
import { NO_PLAN, type Plan } from '../../detectors/planned/plan.ts';
import { ianaZone, secondOf, wallOf } from '../../detectors/planned/zone.ts';
import type { Problem } from './problem.ts';
import { type ConfigFile, TIMEZONE_DEFAULT } from './schema.ts';

export const PLANNED_KEYS = ['closed', 'expect'] as const;
type Key = (typeof PLANNED_KEYS)[number];

/** By their paths as the YAML writes them. */
export type CalendarTexts = Readonly<Record<string, string>>;

/** Of a YAML, and all of it together: they travel with it. */
export const calendarTextsMax = { files: 20, chars: 2_000_000, bytes: 8_000_000 } as const;

export interface ReadCalendars {
  /** Null where the file cannot be read. */
  readonly texts: Readonly<Record<string, string | null>>;
  readonly calendars: Readonly<Record<string, Calendar>>;
  readonly problems: readonly Problem[];
}

const LEAVE_OUT = 'Leave out what is over.';

interface Place {
  readonly name: string;
  readonly key: Key;
  readonly path: readonly string[];
  readonly written: WrittenItem;
}

function placesOf({ metrics }: ConfigFile): Place[] {
  return Object.entries(metrics).flatMap(([name, metric]) =>
    PLANNED_KEYS.flatMap((key) => {
      const all = itemsOf(metric[key]);
      const path = ['metrics', name, key];
      return all.map((written, i) => ({ name, key, written, path: Array.isArray(metric[key]) ? [...path, String(i)] : path }));
    }),
  );
}

/** @param readFile  throws where the file cannot be read, a RangeError where it is too large to be a calendar */
export function readCalendars(file: ConfigFile, readFile: (path: string) => string): ReadCalendars {
  const texts: Record<string, string | null> = {};
  const calendars: Record<string, Calendar> = {};
  const problems: Problem[] = [];
  for (const { written, path } of placesOf(file)) {
    if (typeof written === 'string' || written.calendar in texts) continue;
    const { calendar: name } = written;
    const at = [...path, 'calendar'];
    const problem = readOne(name, readFile, { texts, calendars });
    if (problem) problems.push({ path: at, ...problem });
  }
  return { texts, calendars, problems };
}

type Said = Pick<Problem, 'message' | 'hint'>;

interface Found {
  readonly texts: Record<string, string | null>;
  readonly calendars: Record<string, Calendar>;
}

function readOne(name: string, readFile: (path: string) => string, { texts, calendars }: Found): Said | null {
  const { files, chars } = calendarTextsMax;
  const tooMuch = `calendars are too many or too large: ${files} files and ${chars.toLocaleString('en-US')} characters in all at most.`;
  texts[name] = null;
  let text: string;
  try {
    text = readFile(name);
  } catch (error) {
    if (error instanceof RangeError) return { message: tooMuch, hint: LEAVE_OUT };
    return { message: `the calendar "${name}" cannot be read.`, hint: 'Check the path, from the YAML, and who may read it.' };
  }
  texts[name] = text;
  const known = Object.values(texts);
  const sum = known.reduce((total, each) => total + (each?.length ?? 0), 0);
  if (known.length > files || sum > chars) return { message: tooMuch, hint: LEAVE_OUT };
  const read = readCalendar(text);
  if (!('message' in read)) {
    calendars[name] = read;
    return null;
  }
  const { message, line }: CalendarProblem = read;
  return { message: `${name}${line === null ? '' : `:${line}`}: ${message}.`, hint: 'Mend the file, or export it anew.' };
}

/** What no schema can say of them, and what contradicts itself. */
export function problemsOfPlanned(file: ConfigFile, calendars: Readonly<Record<string, Calendar>>): Problem[] {
  const places = placesOf(file).map((place) => ({ ...place, item: itemOf(place.written, calendars) }));
  return places.flatMap(({ name, key, path, written, item }) => {
    if (typeof item === 'string') {
      const kind = key === 'closed' ? 'planned closing' : 'planned event';
      return [{ path, message: `"${String(written)}" is no ${kind}${item}.`, hint: HOW_TO_WRITE }];
    }
    if (key !== 'expect') return [];
    const closing = places.find((place) => place.name === name && place.key === 'closed' && isAlways(item, place.item));
    if (!closing) return [];
    const message = `"${item.text}" overlaps with \`closed: "${(closing.item as Item).text}"\`, in which nothing pages at all.`;
    return [{ path, message, hint: 'Take these hours out of one of the two: a closing is no sale.' }];
  });
}

const isAlways = (expect: Item, closed: Item | string): boolean => typeof closed !== 'string' && overlapsAlways(expect, closed);

/** What works and is most likely not meant. @param now  second since the epoch; left out: nothing that depends on the date */
export function warningsOfPlanned(file: ConfigFile, calendars: Readonly<Record<string, Calendar>>, now?: number): Problem[] {
  const zone = ianaZone(file.timezone ?? TIMEZONE_DEFAULT);
  const places = placesOf(file).flatMap((place) => {
    const item = itemOf(place.written, calendars);
    return typeof item === 'string' ? [] : [{ ...place, item }];
  });
  return places.flatMap(({ name, key, path, item }): Problem[] => {
    if (item.is === 'calendar' && item.events.length === 0)
      return [{ path, message: `the calendar has no such event: ${item.text}.`, warning: true }];
    if (now === undefined) return [];
    if (item.is === 'dated' && secondOf(item.to, zone, 'last') <= now) {
      return [{ path, message: `"${item.text}" is over.`, hint: 'It can be left out.', warning: true }];
    }
    if (key !== 'expect') return [];
    const closings = places.filter((place) => place.name === name && place.key === 'closed');
    const found = closings.flatMap((closing) => {
      const at = overlapsOnce(item, closing.item, { zone, now });
      return at === null ? [] : [{ at, text: closing.item.text }];
    });
    if (found.length === 0) return [];
    const day = new Date(wallOf(Math.min(...found.map(({ at }) => at)), zone) * 1000).toISOString().slice(0, 10);
    const texts = found.map(({ text }) => `\`${text}\``).join(' and ');
    return [{ path, message: `overlaps with \`closed:\` ${texts}, next on ${day}: closed wins, nothing pages then.`, warning: true }];
  });
}

export interface Plans {
  readonly closed: Plan;
  readonly expect: Plan;
}

/** Metrics that write the same share one plan: its windows are worked out once. */
export function plansOf(file: ConfigFile, calendars: Readonly<Record<string, Calendar>>): (name: string) => Plans {
  const zone = ianaZone(file.timezone ?? TIMEZONE_DEFAULT);
  const known = new Map<string, Plan>();
  const planFor = (written: ConfigFile['metrics'][string][Key]): Plan => {
    if (written === undefined) return NO_PLAN;
    const text = JSON.stringify(written);
    const plan =
      known.get(text) ??
      planOf(
        itemsOf(written).flatMap((each) => usable(itemOf(each, calendars))),
        zone,
      );
    known.set(text, plan);
    return plan;
  };
  return (name) => ({ closed: planFor(file.metrics[name]?.closed), expect: planFor(file.metrics[name]?.expect) });
}

const usable = (item: Item | string): Item[] => (typeof item === 'string' ? [] : [item]);
