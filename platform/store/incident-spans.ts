/** What of a series' past is no evidence of how it is when all is well: its incidents, and what was made up. */
import type { JournalLine } from '../topics/incidents.ts';
import type { Store } from './store.ts';

/** Seconds since the epoch, `to` left out. */
export interface LeftOut {
  readonly from: number;
  readonly to: number;
}

/** What was over sooner is judged by whoever plays the seconds again: it was over before anybody could have mended anything. */
const BRIEF_SECONDS = 120;
/** A fall may have begun so long before its page, and an incident may last so long: beyond that it is no incident but how things are. */
const BEFORE_SECONDS = 600;
const LASTS_SECONDS_MAX = 7 * 86_400;

/** @throws StoreError */
export async function leftOutOf(store: Store, series: string, from: number, to: number): Promise<LeftOut[]> {
  return [...(await incidentsOf(store, series, from, to)), ...(await madeUp(store, from, to))];
}

/** From the fall's first second, or what came before it, until it recovered, or its incident was resolved. */
async function incidentsOf(store: Store, series: string, from: number, to: number): Promise<LeftOut[]> {
  const found = await store.rows<{ line: string }>(
    `SELECT line FROM incidents FINAL
     WHERE kind IN ('opened', 'joined', 'recovered', 'resolved')
       AND at >= toDateTime64({from:Int64}, 3) AND at < toDateTime64({to:Int64}, 3) ORDER BY incident, offset`,
    { from: from - LASTS_SECONDS_MAX, to },
  );
  const spans: { incident: string; at: number; from: number; to: number | null }[] = [];
  for (const { line } of found) {
    const said = JSON.parse(line) as JournalLine;
    if ((said.kind === 'opened' || said.kind === 'joined') && said.fell.series === series) {
      spans.push({ incident: said.incident, at: said.fell.at, from: said.fell.from - BEFORE_SECONDS, to: null });
    }
    const isEnd = (said.kind === 'recovered' && said.series === series) || said.kind === 'resolved';
    if (!isEnd) continue;
    const end = said.kind === 'recovered' ? said.second : Math.ceil(said.at / 1000);
    for (const span of spans) if (span.incident === said.incident) span.to ??= end + 1;
  }
  const outages = spans.filter(({ at, to: end }) => end === null || end - 1 - at > BRIEF_SECONDS);
  return outages.map((span) => ({ from: span.from, to: span.to ?? span.from + LASTS_SECONDS_MAX }));
}

async function madeUp(store: Store, from: number, to: number): Promise<LeftOut[]> {
  const found = await store.rows<{ begins: number; ends: number }>(
    `SELECT toUnixTimestamp(toDateTime(marks.at)) AS begins, toUnixTimestamp(toDateTime(ifNull(marks.until, marks.at))) + 1 AS ends
     FROM annotations AS marks FINAL
     WHERE marks.kind = 'rehearsed' AND marks.removed = 0
       AND marks.at < toDateTime64({to:Int64}, 3) AND ifNull(marks.until, marks.at) >= toDateTime64({from:Int64}, 3)`,
    { from, to },
  );
  return found.map(({ begins, ends }) => ({ from: Number(begins), to: Number(ends) }));
}
