/** `100x1800 0x60` → stretches of seconds: what stands in a rule test, in the manner of promtool. */
import { parseDuration } from '../../platform/units/duration.ts';

/** A year and a day. */
export const SERIES_SECONDS_MAX = 366 * 86_400;
/** Events in one second; nobody has more. */
export const LEVEL_MAX = 1e9;
/** Items of one series, those within brackets counted once. */
export const SERIES_ITEMS_MAX = 10_000;

/** Seconds of one level, or of one that changes by `step` a second; null: no data. Levels are events/s, or shares of the usual rate. */
export interface Stretch {
  readonly level: number | null;
  readonly step: number;
  readonly seconds: number;
  readonly ofUsual: boolean;
}

/** Stretches that come `times` over. */
export interface Part {
  readonly times: number;
  readonly stretches: readonly Stretch[];
}

export interface Series {
  readonly parts: readonly Part[];
  readonly seconds: number;
}

/** What is wrong with a series, and where in its text. */
export interface SeriesProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

const FORMS = 'Items are COUNTxSECONDS like 100x1800, COUNT+STEPxN, COUNT-STEPxN, `_` or _xN for no data, (…)xN to repeat.';
const ITEM = /^(-?\d+(?:\.\d+)?(?:e\d+)?)(%?)(?:([+-])(\d+(?:\.\d+)?)(%?))?(?:[x*](.+))?$/i;

interface Word {
  readonly text: string;
  readonly offset: number;
}

export function parseSeries(text: string): Series | SeriesProblem {
  const words: Word[] = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], offset: match.index }));
  if (words.length === 0) return { offset: 0, length: 1, message: 'there is no second in this series.', hint: FORMS };
  if (words.length > SERIES_ITEMS_MAX) {
    const most = SERIES_ITEMS_MAX.toLocaleString('en-US');
    const { offset, text: word } = words[SERIES_ITEMS_MAX] as Word;
    return { offset, length: word.length, message: `here are more than ${most} items.`, hint: 'Repeat with brackets: (100x9 0)x3600.' };
  }
  const parts: Part[] = [];
  let seconds = 0;
  for (let at = 0; at < words.length; ) {
    const begun = words[at] as Word;
    const part = begun.text.startsWith('(') ? bracketFrom(words, at) : itemOf(begun);
    if ('message' in part) return part;
    at += part.words;
    seconds += part.times * lengthOf(part.stretches);
    if (seconds > SERIES_SECONDS_MAX) return tooLong(begun);
    parts.push({ times: part.times, stretches: part.stretches });
  }
  return { parts, seconds };
}

const lengthOf = (stretches: readonly Stretch[]): number => stretches.reduce((sum, { seconds }) => sum + seconds, 0);

/** What repeats for longer than this is no habit but history. */
const HABIT_SECONDS_MAX = 7 * 86_400;

/** What a series is at first, and a detector is warm at: its first level, or all that its first bracket repeats. Null: it has no data. */
export function firstLevel({ parts }: Series): readonly Stretch[] | null {
  for (const { times, stretches } of parts) {
    const known = stretches.filter(({ level }) => level !== null);
    if (known.length === 0) continue;
    const [first] = known as [Stretch];
    return times > 1 && lengthOf(stretches) <= HABIT_SECONDS_MAX ? stretches : [{ ...first, step: 0, seconds: 1 }];
  }
  return null;
}

type Read = (Part & { readonly words: number }) | SeriesProblem;

function bracketFrom(words: readonly Word[], first: number): Read {
  const stretches: Stretch[] = [];
  for (let at = first; at < words.length; at++) {
    const word = words[at] as Word;
    const opened = at === first ? cut(word, 1, word.text.length) : word;
    if (opened.text.startsWith('('))
      return wrong(opened, 'brackets stand within brackets.', 'Write the inner ones out, or repeat the outer ones by hand.');
    const close = opened.text.indexOf(')');
    const inner = close < 0 ? opened : cut(opened, 0, close);
    if (inner.text !== '') {
      const item = itemOf(inner);
      if ('message' in item) return item;
      stretches.push(...item.stretches);
    }
    if (close < 0) continue;
    const repeat = /^\)[x*](\d+)$/.exec(opened.text.slice(close));
    const times = Number(repeat?.[1]);
    if (!repeat || times < 1)
      return wrong(cut(opened, close, opened.text.length), 'a bracket says how often it repeats.', 'Write it like (500 0x9)x360.');
    if (stretches.length === 0) return wrong(word, 'nothing stands between these brackets.', FORMS);
    return { times, stretches, words: at - first + 1 };
  }
  return wrong(words[first] as Word, 'this bracket is not closed.', 'Write it like (500 0x9)x360.');
}

const cut = ({ text, offset }: Word, from: number, to: number): Word => ({ text: text.slice(from, to), offset: offset + from });

function itemOf(word: Word): Read {
  const missing = /^_(?:[x*](.+))?$/.exec(word.text);
  if (missing) return stretchOf(word, { level: null, step: 0, ofUsual: false }, missing[1]);
  const match = ITEM.exec(word.text);
  if (!match) return wrong(word, `"${word.text.slice(0, 40)}" is no item of a series.`, meant(word.text) ?? FORMS);
  const [, digits = '', percent, sign, stepDigits, , repeat] = match;
  const ofUsual = percent === '%';
  const unit = ofUsual ? 100 : 1;
  const level = Number(digits) / unit;
  if (level < 0)
    return wrong(
      word,
      `${digits}${percent} is below 0, and no count is.`,
      'Write 0 for a second without an event, _ for one without data.',
    );
  if (level > LEVEL_MAX) return wrong(word, `${digits} is too large: ${LEVEL_MAX.toLocaleString('en-US')} in a second at most.`, FORMS);
  if (sign !== undefined && repeat === undefined)
    return wrong(word, 'a step needs to know how often.', `Write ${word.text}xN: N further seconds, each so much more.`);
  const step = sign === undefined ? 0 : ((sign === '-' ? -1 : 1) * Number(stepDigits)) / unit;
  return stretchOf(word, { level, step, ofUsual }, repeat, sign === undefined ? 0 : 1);
}

/** @param more  seconds beside those that are written: a step has its first level and then so many further ones */
function stretchOf(word: Word, stretch: Omit<Stretch, 'seconds'>, repeat: string | undefined, more = 0): Read {
  const times = repeat === undefined ? 1 : secondsOf(repeat);
  if (times === null || (times < 1 && more === 0)) {
    const at = cut(word, word.text.length - (repeat as string).length, word.text.length);
    return wrong(at, `"${repeat}" is no number of seconds.`, 'Write whole seconds, 100x1800, or a duration, 100x30m.');
  }
  const seconds = times + more;
  if (seconds > SERIES_SECONDS_MAX) return tooLong(word);
  const last = (stretch.level ?? 0) + stretch.step * times;
  const unit = stretch.ofUsual ? '%' : '';
  const shown = Number((last * (stretch.ofUsual ? 100 : 1)).toPrecision(6));
  // A step of thirds may miss the 0 that was meant by a hair.
  if (last < -1e-6 * Math.max(1, stretch.level ?? 0)) {
    const most = Math.floor((stretch.level as number) / -stretch.step);
    return wrong(
      word,
      `this ends at ${shown}${unit}, and no count is below 0.`,
      `It reaches 0 after ${most} steps; write 0xN for the rest.`,
    );
  }
  if (last > LEVEL_MAX) return wrong(word, `this ends at ${shown}: ${LEVEL_MAX.toLocaleString('en-US')} in a second at most.`, FORMS);
  return { times: 1, stretches: [{ ...stretch, seconds }], words: 1 };
}

function secondsOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const ms = parseDuration(text);
  return ms === null || ms % 1000 !== 0 ? null : ms / 1000;
}

function meant(text: string): string | null {
  if (/^stale$/i.test(text)) return 'Plummet knows no stale samples; write _ for a second without data.';
  const swapped = /^(\d+)\s*[×:]\s*(\d+)$/.exec(text);
  if (swapped) return `Did you mean ${swapped[1]}x${swapped[2]}?`;
  return /,/.test(text) ? 'Items are parted by blanks, and numbers have no commas.' : null;
}

function tooLong(word: Word): SeriesProblem {
  const most = `${SERIES_SECONDS_MAX.toLocaleString('en-US')} s, a year and a day`;
  return wrong(word, `with this the series is longer than ${most}.`, 'Write several tests; they run on all cores.');
}

const wrong = ({ offset, text }: Word, message: string, hint: string): SeriesProblem => ({
  offset,
  length: Math.max(1, text.length),
  message,
  hint,
});
