/** How a metric is: its shape, its word, and the two lines beside its rate. Shape, then word, then colour. */

import { showClock } from '../../../../platform/units/clock-time.ts';
import { showDuration } from '../../../../platform/units/duration.ts';
import { showLoss } from '../../../../platform/units/numbers.ts';
import { showAbout, showMissing, showRate } from '../../../../platform/units/rate.ts';
import { showShare } from '../../../../platform/units/share.ts';
import { setApart } from '../../../../platform/units/where.ts';
import type { IncidentView, MetricInfo, PlannedInfo, Silenced } from '../../../live-frames.ts';
import type { Latest } from '../board/track.ts';
import { againstUsual, capitalised, rateDigits } from './numbers.ts';

/** `dropped` wakes a person, `minor` wakes nobody; `waiting`: nothing was heard of it yet. */
export type Face =
  | 'waiting'
  | 'warming'
  | 'normal'
  | 'falling'
  | 'dropped'
  | 'acknowledged'
  | 'recovering'
  | 'minor'
  | 'blind'
  | 'slow'
  | 'silenced';

export interface Look {
  readonly face: Face;
  readonly word: string;
  /** Beside the rate of a large tile. */
  readonly facts: readonly string[];
  /** Beside the rate of a small one. */
  readonly short: string;
}

export interface Seen {
  readonly info: MetricInfo;
  readonly latest: Latest | null;
  /** Events/s of the newest second, as it is drawn. */
  readonly rate: number | null;
  /** The newest known second (epoch) and its rate; while blind. */
  readonly last: { readonly second: number; readonly rate: number } | null;
  readonly blindSince: number | null;
  /** Open incidents. */
  readonly incidents: readonly IncidentView[];
  /** ms since the epoch */
  readonly now: number;
  readonly timezone: string;
  /** In the demo the rule stands where the difference to usual would. */
  readonly withRule: boolean;
}

const RECOVERY_SECONDS = 60;
const WARMING_MINUTES = 60;
const DAY_MS = 20 * 3_600_000;

export function lookOf(seen: Seen): Look {
  const { latest, info } = seen;
  if (!latest) return { face: 'waiting', word: 'Waiting', facts: ['no second was decided yet'], short: '' };
  // Nobody knows, or nothing is judged yet: no silence makes that less true.
  if (info.silenced && latest.state !== 'blind' && latest.state !== 'warming') return silenced(seen, latest, info.silenced);
  switch (latest.state) {
    case 'warming':
      return warming(latest);
    case 'normal':
      return { face: 'normal', word: 'Normal', ...compared(seen) };
    case 'falling':
      return { face: 'falling', word: 'Falling', ...compared({ ...seen, withRule: false }) };
    case 'dropped':
      return dropped(seen, latest);
    case 'recovering':
      return recovering(latest);
    case 'blind':
      return blind(seen);
    case 'too slow':
      return { face: 'slow', word: 'Too slow', facts: [usualText(latest), 'too rare to be sure of a fall'], short: shortUsual(latest) };
  }
}

function silenced({ now, timezone, rate }: Seen, latest: Latest, by: Silenced): Look {
  const until = silencedText(by, now, timezone);
  const lost = latest.state === 'dropped' && rate !== null && latest.usual ? Math.max(0, 1 - rate / latest.usual) : null;
  return {
    face: 'silenced',
    word: 'Silenced',
    facts: [until, lost === null ? usualText(latest) : `dropped ${showShare(lost)}`],
    short: until,
  };
}

/** `until 15:00, by Ana`; with the weekday where that is not within the day. */
export function silencedText({ until, by }: Silenced, now: number, timezone: string): string {
  if (until === null) return `by ${capitalised(by)}`;
  const weekday: Intl.DateTimeFormatOptions = until - now > DAY_MS ? { weekday: 'short' } : {};
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...weekday });
  return `until ${clock.format(until)}, by ${capitalised(by)}`;
}

/** `closed until 04:00`, `sale until 20:00`: of all that holds what ends last, a closing before all else. */
export function plannedText(planned: readonly PlannedInfo[], now: number, timezone: string): string {
  const on = planned.filter(({ from, to }) => from * 1000 <= now && now < to * 1000);
  const closings = on.filter(({ is }) => is === 'closed');
  const [last] = (closings.length > 0 ? closings : on).sort((a, b) => b.to - a.to);
  if (!last) return '';
  const weekday: Intl.DateTimeFormatOptions = last.to * 1000 - now > DAY_MS ? { weekday: 'short' } : {};
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...weekday });
  return `planned: ${last.is === 'closed' ? 'closed' : 'sale'} until ${clock.format(last.to * 1000)}`;
}

/** The open incident that this metric is down in. */
function incidentOf(name: string, incidents: readonly IncidentView[]): IncidentView | undefined {
  return incidents.find(({ is, metrics }) => is !== 'resolved' && metrics.some((metric) => metric.name === name && !metric.recovered));
}

function compared({ latest, rate, info, withRule, now, timezone }: Seen): Pick<Look, 'facts' | 'short'> {
  const planned = plannedText(info.planned ?? [], now, timezone);
  if (planned) return { facts: [usualText(latest), planned], short: planned };
  const usual = latest?.usual ?? null;
  const difference = withRule ? info.rule : rate !== null && usual ? againstUsual(rate, usual) : '';
  return { facts: [usualText(latest), difference].filter(Boolean), short: shortUsual(latest) };
}

function dropped({ info, incidents, rate }: Seen, latest: Latest): Look {
  const incident = incidentOf(info.name, incidents);
  const part = incident?.metrics.find(({ name }) => name === info.name);
  // What stands beside it: the share that the rate shown is below the usual one shown.
  const lost = rate !== null && latest.usual ? Math.max(0, 1 - rate / latest.usual) : (latest.drop ?? part?.fall.drop ?? 0);
  const share = showShare(lost);
  const segment = part?.fall.segment;
  const only =
    part && segment !== undefined
      ? `only ${short(segment, SEGMENT_CHARS)}: ${showRate(part.fall.rateBefore)} to ${showRate(part.fall.rateAfter)}`
      : '';
  // What a sum misses is named by its field, which may be cut where there is no room: that it is missing may not.
  const whole = info.value === undefined ? showMissing(part?.fall.missing ?? 0, info.name) : `about ${showAbout(part?.fall.missing ?? 0)}`;
  const missing = part && part.fall.missing >= 1 ? `${whole} missing${info.value === undefined ? '' : ` (${info.value})`}` : '';
  const facts = [usualText(latest), only || missing].filter(Boolean);
  const fell = part && segment !== undefined ? `${short(segment, WORD_CHARS)} ${showLoss(part.fall.drop)}` : `Dropped ${share}`;
  const wakes = incident ? incident.severity === 1 && info.critical : info.critical && info.kind === 'write';
  if (!wakes) return { face: 'minor', word: fell, facts: [...facts, 'wakes nobody'].slice(0, 2), short: shortUsual(latest) };
  if (incident?.is === 'acknowledged' && incident.acknowledgedBy) {
    return {
      face: 'acknowledged',
      word: `${capitalised(incident.acknowledgedBy)} has it`,
      facts,
      short: segment === undefined ? `dropped ${share}` : fell,
    };
  }
  return { face: 'dropped', word: fell, facts, short: shortUsual(latest) };
}

/** Names of segments come from users' data: on a tile there is room for so much. */
const SEGMENT_CHARS = 14;
/** In the state's word, lest the metric's own name be cut. */
const WORD_CHARS = 10;

function short(segment: string, charsMax: number): string {
  const characters = [...segment];
  return setApart(characters.length > charsMax ? `${characters.slice(0, charsMax - 1).join('')}…` : segment);
}

function recovering(latest: Latest): Look {
  const progress = `${latest.progressSeconds ?? 0} of ${RECOVERY_SECONDS}\u00a0s`;
  return { face: 'recovering', word: 'Recovering', facts: [usualText(latest), `${progress} at its usual rate`], short: progress };
}

function warming(latest: Latest): Look {
  const minutes = Math.floor((latest.progressSeconds ?? 0) / 60);
  const progress = `${minutes} of ${WARMING_MINUTES}\u00a0min`;
  return { face: 'warming', word: 'Warming', facts: [progress, 'learning; nothing is judged yet'], short: progress };
}

function blind({ blindSince, last, now, timezone }: Seen): Look {
  const forMs = blindSince === null ? 0 : Math.max(1000, Math.floor((now - blindSince * 1000) / 1000) * 1000);
  const known = last ? `last ${showRate(last.rate)} at ${showClock(last.second * 1000, timezone)}` : 'nothing known yet';
  const word = blindSince === null ? 'Blind' : `Blind for ${showDuration(forMs)}`;
  return { face: 'blind', word, facts: [known, 'data stopped, rate unknown'], short: last ? `last ${rateDigits(last.rate)}` : '' };
}

function usualText(latest: Latest | null): string {
  return latest?.usual ? `usual ${showRate(latest.usual)}` : '';
}

function shortUsual(latest: Latest | null): string {
  return latest?.usual ? `usual ${rateDigits(latest.usual)}` : '';
}
