/** The verdict of one row, from ledgers only: what apps sent and had acknowledged, what was counted, archived and mailed. */
import type { FellFacts } from '../../platform/topics/incidents.ts';
import type { Figure } from './fault.ts';
import type { Outage } from './outage.ts';
import { fallsTold, falseFalls, incidentOf, isTrue, pagesOf } from './pages.ts';
import { METRIC_OF, typeOf } from './shop.ts';
import type { World } from './world.ts';

/** Seconds since the epoch, `to` left out. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Difference {
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There and never sent. */
  readonly double: number;
  /** The first few, for a person. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 3;

/** Least <= held <= most, for every type and second that is looked at. */
function compare(
  { from, to }: Span,
  of: (type: string, second: number) => readonly [least: number, is: number, most: number] | null,
): Difference {
  let [lost, double] = [0, 0];
  const examples: string[] = [];
  for (const type of METRIC_OF.keys()) {
    for (let second = from; second < to; second++) {
      const bounds = of(type, second);
      if (!bounds) continue;
      const [least, is, most] = bounds;
      if (is >= least && is <= most) continue;
      lost += Math.max(0, least - is);
      double += Math.max(0, is - most);
      if (examples.length < EXAMPLES_MAX) examples.push(`${type} in second ${second}: ${least} <= ${is} <= ${most} is wrong`);
    }
  }
  return { lost, double, examples };
}

interface ArchivedRow {
  readonly type: string;
  /** In which it was counted, and in which its app said that it was. */
  readonly second: number;
  readonly said: number;
  readonly n: number;
  readonly distinct: number;
}

export interface Sums {
  /** Acknowledged <= archived <= sent, by the seconds that apps said, and no event twice. */
  readonly archived: Difference;
  /** Counted = archived, by the seconds in which they were counted; and acknowledged <= counted <= sent where no clock was put right. */
  readonly counted: Difference;
  /** Events that were counted in another second than their app said, because its clock, or its way to us, seemed to be behind. */
  readonly moved: number;
}

/** A clock is put right by so much at most here. */
const AROUND_SECONDS = 30;

export async function sums({ store, books, observer }: World, span: Span): Promise<Sums> {
  const found = await store.rows<ArchivedRow>(
    `SELECT type, toUnixTimestamp(toDateTime(time)) AS second,
       toUnixTimestamp(toDateTime(time - toIntervalMillisecond(shift_ms))) AS said,
       sum(weight) AS n, uniqExact(source, seq, nth, foreign_id) AS distinct
     FROM events FINAL
     WHERE time >= toDateTime64({from:UInt32}, 3, 'UTC') AND time < toDateTime64({to:UInt32}, 3, 'UTC')
     GROUP BY type, second, said`,
    { from: span.from - AROUND_SECONDS, to: span.to + AROUND_SECONDS },
  );
  const [kept, told] = [new Map<string, number>(), new Map<string, number>()];
  const touched = new Set<string>();
  let [twice, moved] = [0, 0];
  for (const { type, ...row } of found) {
    const [second, said, n] = [Number(row.second), Number(row.said), Number(row.n)];
    const isIn = said >= span.from && said < span.to;
    if (isIn) twice += n - Number(row.distinct);
    for (const [map, at] of [
      [kept, second],
      [told, said],
    ] as const)
      map.set(`${type} ${at}`, (map.get(`${type} ${at}`) ?? 0) + n);
    if (second === said) continue;
    if (isIn) moved += n;
    for (const at of [second, said]) touched.add(`${type} ${at}`);
  }
  const bounds = (is: number, type: string, second: number): readonly [number, number, number] => {
    return [books.acknowledged.of(type, second).n, is, books.sent.of(type, second).n];
  };
  const counted = (type: string, second: number): number => observer.counted.of(METRIC_OF.get(type) as string, second);
  const archived = compare(span, (type, second) => bounds(told.get(`${type} ${second}`) ?? 0, type, second));
  const strictly = compare(span, (type, second) => {
    return touched.has(`${type} ${second}`) ? null : bounds(counted(type, second), type, second);
  });
  const alike = compare(span, (type, second) => {
    const n = kept.get(`${type} ${second}`) ?? 0;
    return [n, counted(type, second), n];
  });
  const worse = strictly.lost + strictly.double > 0 ? strictly : alike;
  return { archived: { ...archived, double: archived.double + twice }, counted: worse, moved };
}

export interface Pages {
  readonly falsePages: readonly string[];
  readonly missed: number;
  /** Pages beyond the one that an outage is due. */
  readonly repeats: number;
  /** From the outage's beginning, and from the end of the second in which its rule was sure, to the mail server's yes, ms. */
  readonly delayMs: number | null;
  readonly afterSureMs: number | null;
  readonly problems: readonly string[];
}

/** When a row was lived through, ms since the epoch. */
export interface Time {
  readonly since: number;
  readonly until: number;
}

/** @param all  outages of the whole run so far: what another row broke is no false page of this one */
export function pages(world: World, own: readonly Outage[], all: readonly Outage[], mayRepeat: boolean, { since, until }: Time): Pages {
  const { journal } = world.observer;
  const problems: string[] = [];
  let [missed, repeats] = [0, 0];
  let delayMs: number | null = null;
  let afterSureMs: number | null = null;
  for (const outage of own) {
    const letters = pagesOf(world, outage);
    const fell = fallsTold(journal).find((line) => isTrue(line.fell, [outage]))?.fell;
    const [first] = letters;
    if (!first) missed++;
    else {
      delayMs = first.at - outage.from;
      afterSureMs = fell ? first.at - (fell.at + 1) * 1000 : null;
    }
    repeats += Math.max(0, letters.length - 1);
    if (new Set(letters.map(({ mail }) => mail.messageId)).size > 1) problems.push(`${outage.metric}: pages under several Message-IDs`);
  }
  if (repeats > (mayRepeat ? own.length : 0)) problems.push(`${repeats} pages came again`);
  const falsePages = falseFalls(journal, all)
    .filter(({ at }) => at * 1000 >= since && at * 1000 < until)
    .map((fell) => shown(world, fell));
  const known = new Set(journal.map(({ incident }) => incident));
  for (const letter of world.mailbox.caught) {
    const incident = incidentOf(letter);
    if (letter.at >= since && letter.at < until && incident !== null && !known.has(incident))
      falsePages.push(`a page of ${incident}, which no journal knows`);
  }
  return { falsePages, missed, repeats, delayMs, afterSureMs, problems };
}

/** What was said of the fall, and what apps sent and Plummet counted around it. */
function shown({ books, observer }: World, { metric, from, at, rateBefore, rateAfter }: FellFacts): string {
  const seconds = Array.from({ length: at - from + 9 }, (_, i) => from - 4 + i);
  const row = (n: (second: number) => number | string): string => seconds.map(n).join(', ');
  const sent = row((second) => books.sent.of(typeOf(metric), second).n);
  const counted = row((second) => observer.counted.of(metric, second));
  const rates = `${Math.round(rateBefore)} to ${Math.round(rateAfter)}`;
  const lost = row((second) => observer.counted.lostOf(metric, second));
  const decided = row((second) => observer.decided.get(`${metric} ${second}`) ?? '-');
  const ends = `${new Date(from * 1000).toISOString()} to ${at - from} s later`;
  return `${metric} from ${ends}: ${rates}. From 4 s before, sent ${sent}; counted ${counted}; told as lost ${lost}; decided on ${decided}`;
}

export interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly means: string;
  readonly lost: number;
  readonly double: number;
  readonly falsePages: number;
  readonly missedPages: number;
  readonly repeats: number;
  readonly delayMs: number | null;
  readonly afterSureMs: number | null;
  /** The longest time that nobody decided on some metric, ms. */
  readonly undecidedMs: number | null;
  readonly figure: Figure | null;
  /** Events counted in another second than their app said. */
  readonly moved: number;
  readonly tookMs: number;
  /** The world did not become steady again, so that nothing more can be tried in it. */
  readonly isUnplayed?: true;
  /** What is wrong, for a person; empty where the row holds. */
  readonly problems: readonly string[];
}
