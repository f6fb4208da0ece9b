/** What a file of rule tests says → tests that can be played, or every mistake that no schema shows. */
import { nearest } from '../../platform/units/nearest.ts';
import { HOW_TO_WRITE, type Item, itemOf, planOf } from '../planned/items.ts';
import { ianaZone } from '../planned/zone.ts';
import { type PageWhenFile, pageWhenOf } from '../steep-drop/page-when.ts';
import type { Noise } from './made-series.ts';
import { noiseOf, repeatsOf, secondsOf, sentenceOf, usualOf } from './rule-entries.ts';
import { DROP, HISTORY_DAYS_MAX, type RuleFile, type ScenesEntry, type TestEntry } from './rule-file.ts';
import type { ExpectedPage, RuleTest, Watched } from './rule-test.ts';
import { parseScene, type SentenceProblem } from './scene-sentence.ts';
import { parseSeries, type Series, type SeriesProblem } from './series.ts';
import { offsetAt, wallTime } from './wall-time.ts';

/** All repeats of one test together: ten years. */
export const RUN_SECONDS_MAX = 3660 * 86_400;

/** A metric of the YAML, as far as a rule test needs it. */
export interface KnownMetric extends Watched {
  readonly name: string;
  readonly critical: boolean;
}

export interface RuleProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
  readonly at?: 'key' | 'value';
  /** Where within the text of the value, of a scene its key and its value with `: ` between them. */
  readonly inside?: { readonly offset: number; readonly length: number };
}

export interface Known {
  readonly metrics: readonly KnownMetric[];
  /** Of the YAML; null: there is none, because no test names a metric. */
  readonly timezone: string | null;
}

export interface RuleTests {
  readonly tests: readonly RuleTest[];
  readonly problems: readonly RuleProblem[];
}

/** A share that is told as one number is meant to so many points. */
const DROP_POINTS = 10;

/** @param file  as its schema wants it */
export function ruleTestsOf(file: RuleFile, known: Known): RuleTests {
  const timezone = file.timezone ?? known.timezone ?? 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    const near = nearest(timezone, Intl.supportedValuesOf('timeZone'));
    const hint = near ? `Did you mean \`${near}\`?` : 'Write an IANA name like Europe/Berlin.';
    return { tests: [], problems: [{ path: ['timezone'], message: `"${timezone}" is no time zone.`, hint }] };
  }
  const reader = new Reader(known, timezone);
  const tests = [
    ...(file.tests ?? []).flatMap((entry, i) => reader.test(entry, ['tests', String(i)])),
    ...(file.scenes ?? []).flatMap((entry, i) => reader.scenes(entry, ['scenes', String(i)])),
  ];
  return { tests, problems: reader.problems };
}

class Reader {
  readonly problems: RuleProblem[] = [];
  readonly #known: Known;
  readonly #timezone: string;
  readonly #names = new Map<string, string>();
  /** Rules of tests' own, each once, so that what one of them learned serves the others. */
  readonly #own = new Map<string, Watched>();

  constructor(known: Known, timezone: string) {
    this.#known = known;
    this.#timezone = timezone;
  }

  test(entry: TestEntry, path: string[]): RuleTest[] {
    const before = this.problems.length;
    const { name, metric = null, at = '14:00', cold = false, history = '7d', lived = '1d' } = entry;
    this.#once(name, [...path, 'name'], path.join('.'));
    const noise = noiseOf(entry.noise ?? 'none');
    const watched = this.#playedBy(this.#watched(entry, path, entry.expect.length > 0), noise, metric);
    const series = this.#series(entry, path);
    const start = wallTime(at, this.#timezone);
    if (start === null) {
      const hint = 'Write it like 14:00, Sat 03:00 or 2026-11-20T14:00:00Z.';
      this.#say([...path, 'at'], `"${at}" is no time.`, hint);
    }
    const historyDays = Math.round(secondsOf(history) / 86_400);
    if (historyDays > HISTORY_DAYS_MAX)
      this.#say([...path, 'history'], `found ${history}, allowed is ${HISTORY_DAYS_MAX}d at most.`, 'No normal reaches farther back.');
    const expected = series ? this.#expected(entry, series, path) : [];
    this.#demandFew(entry.times ?? 1, series?.seconds ?? 0, path);
    this.#demandShare(entry.passes, path);
    if (this.problems.length > before || !watched || !series || start === null) return [];
    const offsetSeconds = offsetAt(start, this.#timezone);
    const lives = { isCold: cold, historyDays, livedSeconds: Math.round(secondsOf(lived)) };
    const shared = { name, metric, watched, start, offsetSeconds, ...repeatsOf(entry), noise };
    return [
      {
        ...shared,
        seriesOf: () => series,
        seconds: series.seconds,
        usual: entry.usual ? usualOf(entry.usual) : null,
        before: lives,
        expected,
      },
    ];
  }

  scenes(entry: ScenesEntry, path: string[]): RuleTest[] {
    const { metric = null } = entry;
    const noise = noiseOf(entry.noise ?? 'poisson');
    const watched = this.#playedBy(this.#watched(entry, path, false), noise, metric);
    this.#demandShare(entry.passes, path);
    return entry.expect.flatMap((written, i) => {
      const at = [...path, 'expect', String(i)];
      const text = sentenceOf(written);
      const scene = parseScene(text, this.#timezone);
      if ('message' in scene) return this.#inside(at, scene);
      const name = `${metric ?? 'a rule'} at ${entry.rate}/s: ${text}`;
      this.#once(name, at, at.join('.'));
      if (scene.expected.length > 0) this.#demandCritical(metric, at);
      this.#demandFew(entry.times ?? 1, scene.seconds, path);
      if (!watched) return [];
      const { start, seconds, seriesOf, expected, open } = scene;
      const usual = { ...usualOf(entry), ...(open && { open }) };
      const shared = { name, metric, watched, start, offsetSeconds: offsetAt(start, this.#timezone), ...repeatsOf(entry) };
      const before = { isCold: false, historyDays: 7, livedSeconds: 86_400 };
      return [{ ...shared, seriesOf, seconds, usual, noise, before, expected }];
    });
  }

  #say(path: readonly string[], message: string, hint: string, at: 'key' | 'value' = 'value'): void {
    this.problems.push({ path, message, hint, at });
  }

  #inside(path: readonly string[], { offset, length, message, hint }: SeriesProblem | SentenceProblem): [] {
    this.problems.push({ path, message, hint, inside: { offset, length } });
    return [];
  }

  #once(name: string, path: readonly string[], where: string): void {
    const before = this.#names.get(name);
    if (before)
      this.#say(path, `"${name}" is the name of another test, ${before}.`, 'Each test has a name of its own, so that a failure names one.');
    else this.#names.set(name, where);
  }

  #watched(entry: TestEntry | ScenesEntry, path: readonly string[], pages: boolean): Watched | null {
    const closed = 'closed' in entry ? this.#closed(entry.closed ?? [], path) : undefined;
    const own = entry.page_when && this.#pageWhen(entry.page_when, path);
    if (entry.metric === undefined) {
      if (!entry.page_when)
        this.#say(path, 'needs `metric`, or a `page_when` of its own.', 'Name a metric of the YAML that --config names.');
      return own ? this.#shared(JSON.stringify([own, 'closed' in entry ? entry.closed : null]), { pageWhen: own, closed }) : null;
    }
    if ('closed' in entry && entry.closed) {
      this.#say(
        [...path, 'closed'],
        'the metric has its closings in the YAML.',
        'Leave it out, or leave `metric` out and give a `page_when`.',
        'key',
      );
    }
    const names = this.#known.metrics.map(({ name }) => name);
    const metric = this.#known.metrics.find(({ name }) => name === entry.metric);
    if (!metric) {
      const near = nearest(entry.metric, names);
      const hint = near ? `Did you mean \`${near}\`?` : `The YAML has ${names.slice(0, 20).join(', ')}.`;
      this.#say([...path, 'metric'], `there is no metric "${entry.metric}" in the YAML.`, hint);
      return null;
    }
    if (pages) this.#demandCritical(entry.metric, [...path, 'metric']);
    return own ? this.#shared(JSON.stringify([own, metric.name]), { ...metric, pageWhen: own }) : metric;
  }

  /** What an event is worth to a sum shows in its noise alone: exact sums are played as counts, by the surest rule that there is. */
  #playedBy(watched: Watched | null, noise: Noise, metric: string | null): Watched | null {
    if (noise !== 'none' || watched?.value === undefined) return watched;
    return this.#shared(JSON.stringify(['counted', metric, watched.pageWhen]), { ...watched, value: undefined });
  }

  #shared(key: string, watched: Watched): Watched {
    const known = this.#own.get(key) ?? watched;
    this.#own.set(key, known);
    return known;
  }

  #demandCritical(name: string | null, path: readonly string[]): void {
    const metric = this.#known.metrics.find((each) => each.name === name);
    if (!metric || metric.critical) return;
    this.#say(
      path,
      `${name} is not critical: its fall wakes nobody, so no page can be expected.`,
      'Set `critical: true` in the YAML, or expect none.',
    );
  }

  #pageWhen(file: PageWhenFile, path: readonly string[]): Watched['pageWhen'] | undefined {
    const pageWhen = pageWhenOf(file);
    if (!('message' in pageWhen)) return pageWhen;
    const { key, message, hint } = pageWhen;
    this.problems.push({ path: [...path, 'page_when', ...(key ? [key] : [])], message, ...(hint && { hint }) });
    return undefined;
  }

  #closed(texts: readonly string[], path: readonly string[]): Watched['closed'] {
    const items = texts.flatMap((text, i): Item[] => {
      const item = itemOf(text, {});
      if (typeof item !== 'string') return [item];
      this.#say([...path, 'closed', String(i)], `"${text}" is no planned closing${item}.`, HOW_TO_WRITE);
      return [];
    });
    if (items.length === 0) return undefined;
    const plan = planOf(items, ianaZone(this.#timezone));
    return (second) => plan.holds(second);
  }

  #series({ series: text, usual }: TestEntry, path: readonly string[]): Series | null {
    const at = [...path, 'series'];
    const series = parseSeries(text);
    if ('message' in series) {
      this.#inside(at, series);
      return null;
    }
    if (usual || !series.parts.some(({ stretches }) => stretches.some(({ ofUsual }) => ofUsual))) return series;
    const offset = Math.max(0, text.search(/[^\s(]*%/));
    const length = /\S+/.exec(text.slice(offset))?.[0].length ?? 1;
    const hint = 'Add `usual: { rate: 100 }`, or write counts.';
    this.problems.push({
      path: at,
      message: 'percents are of the usual rate, and there is no `usual:`.',
      hint,
      inside: { offset, length },
    });
    return null;
  }

  #expected({ expect }: TestEntry, { seconds }: Series, path: readonly string[]): ExpectedPage[] {
    let last = -1;
    return expect.map((entry, i) => {
      const at = [...path, 'expect', String(i)];
      const after = secondsOf(entry.after ?? '0s');
      const within = secondsOf(entry.page_within);
      const notBefore = secondsOf(entry.page_not_before ?? '0s');
      if (after + within > seconds) {
        const ends = `${after + within} s into a series of ${seconds} s`;
        this.#say([...at, 'page_within'], `the page may come until ${ends}.`, 'Make the series longer, or `page_within` shorter.');
      } else if (after <= last)
        this.#say([...at, 'after'], 'pages are expected in the order of time.', 'Write each `after` later than the one before.');
      if (notBefore > within)
        this.#say([...at, 'page_not_before'], 'is later than `page_within`, so no page could be right.', 'Make one of them fit the other.');
      last = after;
      const { resolved_within: resolved, mean_within: mean } = entry;
      const drop = entry.drop === undefined ? undefined : this.#drop(entry.drop, [...at, 'drop']);
      return {
        ...{ after, within, notBefore },
        ...(drop && { drop }),
        ...(resolved !== undefined && { resolvedWithin: secondsOf(resolved) }),
        ...(mean !== undefined && { meanWithin: secondsOf(mean) }),
      };
    });
  }

  #drop(text: string, path: readonly string[]): ExpectedPage['drop'] {
    const [, first, second] = DROP.exec(text.trim()) as RegExpExecArray;
    const [least, most] =
      second === undefined ? [Number(first) - DROP_POINTS, Number(first) + DROP_POINTS] : [Number(first), Number(second)];
    if (Number(first) > 100 || least > most)
      this.#say(path, `found ${text}, allowed is 0% to 100%, the least first.`, 'Write it like 50% or 40%-60%.');
    return { least: least / 100, most: most / 100 };
  }

  #demandShare(passes: string | undefined, path: readonly string[]): void {
    const share = passes === undefined ? 1 : repeatsOf({ passes }).passes;
    if (share > 0 && share <= 1) return;
    this.#say([...path, 'passes'], `found ${passes}, allowed is above 0% to 100%.`, 'Leave it out where each repeat must pass.');
  }

  #demandFew(times: number, seconds: number, path: readonly string[]): void {
    if (times * seconds <= RUN_SECONDS_MAX) return;
    const most = RUN_SECONDS_MAX.toLocaleString('en-US');
    const all = (times * seconds).toLocaleString('en-US');
    this.#say(
      [...path, 'times'],
      `${times} times ${seconds} s are ${all} s, ${most} are played at most.`,
      'Lower `times`, or shorten the series.',
    );
  }
}
