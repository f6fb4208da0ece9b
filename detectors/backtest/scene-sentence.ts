/** `half lost at 03:00 pages within 20 s` → the scene that is played, and what is expected of it. */
import { nearest } from '../../platform/units/nearest.ts';
import { prng } from './prng.ts';
import type { ExpectedPage } from './rule-test.ts';
import { SCENES, type SceneKind } from './scenes.ts';
import { parseSeries, type Series } from './series.ts';
import { madeTime, weekdayOf } from './wall-time.ts';

/** A scene as it is played: its first second, its series for each seed, and the page that is expected, if any. */
export interface Scene {
  readonly start: number;
  readonly seconds: number;
  readonly seriesOf: (seed: number) => Series;
  readonly expected: readonly ExpectedPage[];
  /** Minutes after local midnight between which the metric is open, every day; left out: always. */
  readonly open?: { readonly from: number; readonly to: number };
}

export interface SentenceProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

const HOW = 'Write it like `outage at 14:00 pages within 6 s`, `half lost on Sunday at 03:00 pages within 20 s` or `sale end: none`.';
const RESULT = /\s*:?\s*(?:\b(none|no page)|\bpages? within (.+?))\s*$/i;
const TIMES: Readonly<Record<string, number>> = { midnight: 0, night: 180, noon: 720 };
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)$/i;
const DAY_MINUTES = 1440;
/** The moment is not drawn with the numbers that the counts are drawn with. */
const PHASE_SEED = 0x5bd1e995;
/** A page that is expected late is waited for a minute longer. */
const SPARE_SECONDS = 60;

/** @param timezone  whose clock the sentence means */
export function parseScene(text: string, timezone: string): Scene | SentenceProblem {
  const result = RESULT.exec(text);
  if (!result) return { offset: 0, length: text.length, message: 'says nothing of whether it pages.', hint: HOW };
  const pagesWithin = result[2] === undefined ? null : durationOf(result[2]);
  if (result[2] !== undefined && pagesWithin === null)
    return wrong(text, result[2], `"${result[2]}" is no time.`, 'Write it like 6 s or 5 min.');
  const what = wordsOf(text.slice(0, result.index));
  if ('message' in what) return what;
  const { kind, lost } = what;
  const lasts = lastsOf(what, pagesWithin);
  if (typeof lasts !== 'number') return wrong(text, what.length ?? text, lasts.message, lasts.hint);
  const minute = what.minute ?? (kind.closes && what.isNight ? kind.at : what.isNight ? TIMES.night : kind.at);
  const stage = (seed: number) => kind.stage({ lasts, lost, phase: prng(seed ^ PHASE_SEED)() });
  const staged = stage(0);
  const start = madeTime(minute as number, timezone, what.weekday) - staged.before;
  const series = parseSeries(staged.series);
  if ('message' in series) return wrong(text, what.length ?? text, series.message, series.hint);
  const { seconds } = series;
  const expected = pagesWithin === null ? [] : [{ after: staged.before, within: pagesWithin, notBefore: 0 }];
  if (pagesWithin !== null && staged.before + pagesWithin > seconds) {
    const left = seconds - staged.before;
    return wrong(text, result[2] as string, `this scene is over after ${left} s.`, `Ask for a page within ${left} s at most.`);
  }
  const seriesOf = (seed: number): Series => parseSeries(stage(seed).series) as Series;
  const open = kind.closes && { from: ((minute as number) + Math.round(lasts / 60)) % DAY_MINUTES, to: minute as number };
  return { start, seconds, seriesOf, expected, ...(open && { open }) };
}

interface Words {
  readonly kind: SceneKind;
  readonly lost: number;
  readonly length?: string;
  readonly minute?: number;
  readonly isNight: boolean;
  readonly weekday?: number;
}

/** `half lost on Sunday of 5 min at 03:00`, in any order after its name. */
function wordsOf(written: string): Words | SentenceProblem {
  const match = /^(.*?)((?:\s+(?:of|over|for|at|on)\s+.*)?)$/is.exec(written) as RegExpExecArray;
  const [, name = '', rest = ''] = match;
  const known = kindOf(name.trim());
  if (!known) return unknownScene(written, name.trim());
  let words: Words = { ...known, isNight: false };
  for (const [, , preposition = '', said = ''] of rest.matchAll(/(\s+)(of|over|for|at|on)\s+(.*?)(?=\s+(?:of|over|for|at|on)\s|$)/gis)) {
    const next = taken(words, preposition.toLowerCase(), said.trim());
    if (!next) return wrong(written, said.trim(), `"${preposition} ${said.trim()}" is not understood.`, HOW);
    words = next;
  }
  return words;
}

function kindOf(name: string): { readonly kind: SceneKind; readonly lost: number } | null {
  const share = /^(\d+(?:\.\d+)?)\s*%\s+lost$/i.exec(name);
  const lost = share ? Number(share[1]) / 100 : /^all lost$/i.test(name) ? 1 : 0.5;
  const asked = share || /^all lost$/i.test(name) ? 'half lost' : name.toLowerCase().replace(/^an? |^the /, '');
  const kind = SCENES.find((scene) => scene.name === asked);
  return kind && lost <= 1 ? { kind, lost } : null;
}

function taken(words: Words, preposition: string, said: string): Words | null {
  if (preposition === 'on') {
    const weekday = weekdayOf(said.replace(/^an? /i, ''));
    return weekday === null ? null : { ...words, weekday };
  }
  if (preposition !== 'at') return durationOf(said) === null || !words.kind.lasts ? null : { ...words, length: said };
  const named = TIMES[said.toLowerCase()];
  if (said.toLowerCase() === 'night') return { ...words, isNight: true };
  if (named !== undefined) return { ...words, minute: named };
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(said);
  return clock ? { ...words, minute: Number(clock[1]) * 60 + Number(clock[2]) } : null;
}

function unknownScene(written: string, name: string): SentenceProblem {
  const names = SCENES.map((scene) => scene.name);
  const near = nearest(name, [...names, 'all lost']);
  if (name === '') return { offset: 0, length: written.length || 1, message: 'names no scene.', hint: HOW };
  return wrong(
    written,
    name,
    `there is no scene "${name}".`,
    near ? `Did you mean \`${near}\`?` : `There are ${names.join(', ')}, and N% lost.`,
  );
}

function lastsOf({ kind, length }: Words, pagesWithin: number | null): number | { message: string; hint: string } {
  if (!kind.lasts) return 0;
  const { usually, least, most } = kind.lasts;
  const written = length === undefined ? null : durationOf(length);
  if (written === null)
    return Math.min(most, kind.closes || usually < SPARE_SECONDS ? usually : Math.max(usually, (pagesWithin ?? 0) + SPARE_SECONDS));
  if (written < least || written > most)
    return {
      message: `a scene "${kind.name}" lasts ${least} s to ${most.toLocaleString('en-US')} s.`,
      hint: `Left out it is ${usually} s.`,
    };
  return kind.name === 'deploy dip' ? written : Math.round(written);
}

/** @returns seconds */
function durationOf(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (!match) return null;
  const unit = (match[2] as string).toLowerCase();
  const seconds = unit === 'ms' ? 0.001 : unit.startsWith('s') ? 1 : unit.startsWith('m') ? 60 : 3600;
  return Number(match[1]) * seconds;
}

function wrong(text: string, part: string, message: string, hint: string): SentenceProblem {
  const offset = Math.max(0, text.indexOf(part));
  return { offset, length: Math.max(1, part.trim().length), message, hint };
}
