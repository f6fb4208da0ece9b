/** The journal of the outage that lies in the rehearsed weeks: found by the rule itself, sent, acknowledged, over since long ago. */
import { after, type Incident, type KnownIncident, UNKNOWN } from '../../alerting/incident/incident.ts';
import type { WatchedMetric } from '../../alerting/incident/severity.ts';
import { type Finding as AboutMetric, isBack, linesOfFall, linesOfRecovery } from '../../alerting/incident/verdict.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { type Finding, steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { shopHistory, timesBetween } from '../../examples/shop/history.ts';
import { PAID_SHARE } from '../../examples/shop/traffic.ts';
import type { Attempt, JournalLine } from '../../platform/topics/incidents.ts';
import { outageOf, scenesOf, type Weeks } from './weeks.ts';

/** Who wrote what is rehearsed. */
export const REHEARSAL = 'rehearsal';

/** A metric of which nothing but whole events are counted. */
export interface Rehearsed extends WatchedMetric {
  readonly event: string;
  readonly pageWhen: PageWhen;
}

/** A detector pages nobody before it has seen an hour. */
const SEEN_BEFORE_SECONDS = 3700;
/** By when everything is back for a minute. */
const SEEN_AFTER_SECONDS = 240;
const DECIDED_MS = 1700;
const SENT_MS = 400;
const ACKNOWLEDGED_MS = 52_000;
/** What the shop's mail catcher answers. */
const ACCEPTED = '250 OK: message queued';

/**
 * A tenth of a second of work: the rule looks at the orders alone, and what fell with them did so in the same seconds.
 *
 * @param metrics  orders first
 * @param person   who is paged and takes it in hand; left out: nobody can be reached
 */
export function outageJournal(weeks: Weeks, metrics: readonly Rehearsed[], person: string | undefined): JournalLine[] {
  const [orders, ...others] = metrics;
  if (!orders) return [];
  const journal = new Told();
  const outage = outageOf(weeks);
  const scenes = scenesOf(weeks);
  const next = shopHistory();
  const detector = steepDrop(orders.pageWhen);
  let missing = 0;
  for (let second = outage.from - SEEN_BEFORE_SECONDS; second < outage.to + SEEN_AFTER_SECONDS; second++) {
    const n = (next(second)[orders.event] ?? 0) * timesBetween(scenes, second, second + 1);
    const finding = detector.next({ second, n, share: 1 });
    missing = finding.fall?.missing ?? missing;
    const stamp = { at: second * 1000 + DECIDED_MS, by: REHEARSAL };
    for (const metric of [orders, ...others]) {
      const share = metric === orders ? 1 : PAID_SHARE;
      const about = findingOf(metric, second, share, finding);
      if (finding.state === 'dropped') journal.take(linesOfFall(about, journal.known, stamp));
      else if (isBack(finding)) journal.take(linesOfRecovery(about, journal.known, share * missing, stamp));
    }
  }
  return person === undefined ? journal.lines : withPages(journal.lines, person);
}

/** @param share  of the orders that this metric has: its noise is the larger for it */
function findingOf(metric: WatchedMetric, second: number, share: number, { fall, ...finding }: Finding): AboutMetric {
  const fell = fall && {
    ...fall,
    ...{ rateBefore: share * fall.rateBefore, rateAfter: share * fall.rateAfter, missing: share * fall.missing },
    steepness: Math.sqrt(share) * fall.steepness,
  };
  const signal = { ...finding, series: metric.series, n: null, ...(fell && { fall: fell }) };
  return { metric, second, signal, apps: { silent: [], producers: 1 } };
}

class Told {
  readonly lines: JournalLine[] = [];
  #incident: Incident = UNKNOWN;

  get known(): KnownIncident[] {
    return this.#incident.is === 'unknown' ? [] : [this.#incident];
  }

  take(lines: readonly JournalLine[]): void {
    for (const line of lines) {
      // One outage is one incident.
      if (line.kind === 'opened' && this.#incident.is !== 'unknown') continue;
      this.#incident = after(this.#incident, line);
      this.lines.push(line);
    }
  }
}

/** The page, its acknowledgement and the word that all is well, each at its time. */
function withPages(lines: readonly JournalLine[], person: string): JournalLine[] {
  const [opened] = lines;
  const over = lines.at(-1);
  if (opened?.kind !== 'opened' || over?.kind !== 'resolved') return [];
  const base = { incident: opened.incident, by: REHEARSAL };
  const acknowledgedAt = opened.at + ACKNOWLEDGED_MS;
  const told = [
    { ...base, kind: 'escalated', at: opened.at + 10, step: 0, people: [person], reason: 'everyone, at once' } as const,
    ...sent(base, 'page', person, opened.at + 20),
    { ...base, kind: 'acknowledged', at: acknowledgedAt, person, via: 'link' } as const,
    ...sent(base, 'acknowledged', person, acknowledgedAt + 20),
    ...sent(base, 'resolved', person, over.at + 20),
  ];
  return [...lines, ...told].sort((a, b) => a.at - b.at);
}

function sent(base: { incident: string; by: string }, message: Attempt['message'], person: string, at: number): JournalLine[] {
  const attempt = { ...base, message, step: 0, person, way: 'email', try: 1 };
  return [
    { ...attempt, kind: 'intended', at },
    { ...attempt, kind: 'sent', at: at + SENT_MS, detail: ACCEPTED },
  ];
}
