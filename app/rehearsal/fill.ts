/** Writes the rehearsed weeks into the store, by its own SQL, beside everything else: the newest half day first, and each once. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { minuteLevels } from '../../examples/shop/history.ts';
import { BURSTS, MEAN_RATES, PAID_SHARE } from '../../examples/shop/traffic.ts';
import type { Table } from '../../platform/store/connect.ts';
import { safeText, timeText } from '../../platform/store/row-text.ts';
import type { Store } from '../../platform/store/store.ts';
import { type Clock, sleep } from '../../platform/units/clock.ts';
import type { MadeUp } from './record.ts';
import { type Span, scenesOf, type Weeks } from './weeks.ts';

export interface FillOptions {
  readonly store: Store;
  readonly madeUp: MadeUp;
  /** What is counted of which event type. */
  readonly series: readonly { readonly series: string; readonly event: string }[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The first seconds belong to the first picture. */
const AFTER_MS = 1500;
const PORTION_SECONDS = 43_200;
/** Between two portions the machine has time for everything else. */
const PAUSE_MS = 50;
const AGAIN_MS = 500;
const SEED = 20_261_121;

/** The source lies beside this file; where it runs from dist/, three folders up. */
const SQL_FILE = ['./weeks.sql', '../../../app/rehearsal/weeks.sql']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;

const annotations: Table = { name: 'annotations', columns: ['at', 'id', 'until', 'kind', 'text', 'writer', 'written'] };
const WRITER = 'demo';

/** Resolves when all of it is in the store, or `signal` aborts. A store that does not answer is asked again until it does. */
export async function fillWeeks(options: FillOptions): Promise<void> {
  const { clock, signal } = options;
  await sleep(clock, AFTER_MS, signal);
  while (!signal.aborted) {
    try {
      await fill(options);
      return;
    } catch {
      // The store itself tells what is wrong with it; all of this may be said again.
      await sleep(clock, AGAIN_MS, signal);
    }
  }
}

async function fill(options: FillOptions): Promise<void> {
  const { store, madeUp, signal } = options;
  const own = 'SELECT DISTINCT id FROM annotations WHERE writer = {writer:String}';
  const known = new Set((await store.rows<{ id: string }>(own, { writer: WRITER })).map(({ id }) => id));
  // Nothing that is made up stands without its mark, so the marks come first.
  await mark(options, spanMarks(madeUp), known);
  const { weeks } = madeUp;
  if (weeks === null) return;
  const happenings = weeks.events.map(({ id, kind, from, to, text }) => ({ id, kind: kind === 'outage' ? 'note' : kind, from, to, text }));
  // They come last: whoever finds them finds the weeks whole.
  if (happenings.every(({ id }) => known.has(id))) return;
  const sql = readFileSync(SQL_FILE, 'utf8').replace(/^ *--.*\n/gm, '');
  const levels = minuteLevels(weeks.from / 60, Math.ceil((weeks.to - weeks.from) / 60));
  const there = await rowsByPortion(weeks, store);
  for (const portion of portions(weeks)) {
    if (signal.aborted) return;
    if (there.get(portion.from) === (portion.to - portion.from) * options.series.length) continue;
    const minutes = levels.slice((portion.from - weeks.from) / 60, Math.ceil((portion.to - weeks.from) / 60));
    await store.rows(sql, { ...parametersOf(portion, weeks, options), levels: list(minutes.map((level) => Number(level.toFixed(4)))) });
    await sleep(options.clock, PAUSE_MS, signal);
  }
  await mark(options, happenings, known);
}

/** The newest first, because people look at it first. */
function portions({ from, to }: Span): Span[] {
  const found: Span[] = [];
  for (let at = from; at < to; at += PORTION_SECONDS) found.push({ from: at, to: Math.min(to, at + PORTION_SECONDS) });
  return found.reverse();
}

/** What a demo that was ended in the middle of it left, by the first second of the portion. */
async function rowsByPortion({ from, to }: Span, store: Store): Promise<ReadonlyMap<number, number>> {
  const query = `SELECT intDiv(toUnixTimestamp(second) - {from:UInt32}, {portion:UInt32}) AS nth, count() AS rows FROM rates FINAL
    WHERE partition = -2 AND second >= toDateTime({from:UInt32}) AND second < toDateTime({to:UInt32}) GROUP BY nth`;
  const found = await store.rows<{ nth: string; rows: string }>(query, { from, to, portion: PORTION_SECONDS });
  return new Map(found.map(({ nth, rows }) => [from + Number(nth) * PORTION_SECONDS, Number(rows)]));
}

function parametersOf({ from, to }: Span, weeks: Weeks, { series }: FillOptions): Record<string, string | number> {
  const scenes = scenesOf(weeks).filter((scene) => scene.to > from && scene.from < to);
  return {
    ...{ from, to, seed: SEED, writtenAt: weeks.to * 1000 },
    ...{ orders: MEAN_RATES.orders, signups: MEAN_RATES.signups, searches: MEAN_RATES.searches, paid: PAID_SHARE },
    ...{ burstsPerSecond: BURSTS.perSecond, burstShare: BURSTS.share, burstMemory: BURSTS.memorySeconds },
    sceneFrom: list(scenes.map((scene) => scene.from)),
    sceneTo: list(scenes.map((scene) => scene.to)),
    sceneTimes: list(scenes.map(({ times }) => times)),
    series: names(series.map((one) => one.series)),
    events: names(series.map(({ event }) => event)),
  };
}

const list = (values: readonly number[]): string => `[${values.join(',')}]`;
const names = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(',')}]`;

interface Mark extends Span {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
}

function spanMarks({ weeks, shown }: MadeUp): Mark[] {
  const text = 'Rehearsed: the demo made this up';
  const spans = shown.map(({ from, to }) => ({ id: `rehearsed-${from}`, kind: 'rehearsed', from, to, text }));
  if (weeks === null) return spans;
  const [first, ...later] = spans;
  // The weeks and what was shown right after them are one span.
  return [{ id: 'rehearsed-weeks', kind: 'rehearsed', from: weeks.from, to: first?.to ?? weeks.to, text }, ...later];
}

async function mark({ store, madeUp }: FillOptions, marks: readonly Mark[], known: ReadonlySet<string>): Promise<void> {
  const wanted = marks.filter(({ id }) => !known.has(id));
  if (wanted.length === 0) return;
  const written = timeText((madeUp.shown.at(-1)?.to ?? 0) * 1000);
  const rows = wanted.map(({ id, kind, from, to, text }) => {
    const row = [timeText(from * 1000), safeText(id), timeText(to * 1000), safeText(kind), safeText(text), safeText(WRITER), written];
    return `[${row.join(',')}]\n`;
  });
  await store.insert(annotations, rows);
}
