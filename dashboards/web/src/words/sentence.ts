/** The wall speaks first: one sentence that takes the worst, and what belongs to it. */

import { showClock } from '../../../../platform/units/clock-time.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import { showShare } from '../../../../platform/units/share.ts';
import type { IncidentsFrame, IncidentView, MetricInfo } from '../../../live-frames.ts';
import type { Link } from '../board/board.ts';
import { capitalised, listed, longWhile, stopwatch } from './numbers.ts';
import { type Face, type Look, silencedText } from './states.ts';

export type Mood =
  | 'sev1'
  | 'acknowledged'
  | 'recovering'
  | 'blind'
  | 'lost'
  | 'stalled'
  | 'falling'
  | 'minor'
  | 'silenced'
  | 'warming'
  | 'normal'
  | 'waiting';

export interface Sentence {
  readonly mood: Mood;
  readonly title: string;
  /** Below the title. */
  readonly lines: readonly string[];
  /** What is below, in a line that is read across a room. */
  readonly brief: string;
  /** Beside it, where there is room. */
  readonly side: readonly string[];
  /** The incident that it speaks of. */
  readonly incident: IncidentView | null;
}

export interface Situation {
  readonly metrics: readonly (MetricInfo & { readonly look: Look })[];
  readonly incidents: IncidentsFrame;
  readonly link: Link;
  /** ms since the epoch; when something was last heard, for a lost connection. */
  readonly now: number;
  readonly heardAt: number;
  readonly timezone: string;
  /** Event types that come and are watched by nobody. */
  readonly arriving?: number;
  /** No event of a watched type was ever seen. */
  readonly quiet?: boolean;
}

type Part = Pick<Sentence, 'mood' | 'title'> & Partial<Sentence>;

export function sentenceOf(situation: Situation): Sentence {
  return { lines: [], brief: '', side: [], incident: null, ...worstOf(situation) };
}

function worstOf(situation: Situation): Part {
  const { metrics, incidents, link, timezone, heardAt } = situation;
  const heldBack = (name: string): boolean => metrics.find((metric) => metric.name === name)?.look.face === 'silenced';
  const open = incidents.incidents.filter(
    (one) => one.is !== 'resolved' && one.severity === 1 && !(one.metrics.length > 0 && one.metrics.every(({ name }) => heldBack(name))),
  );
  const pressing = open.find(({ is }) => is === 'open') ?? open[0];
  if (pressing) return sev1(pressing, situation);
  const critical = metrics.filter((metric) => metric.critical);
  const faces = (of: readonly { name: string; look: Look }[], face: Face): string[] =>
    of.filter(({ look }) => look.face === face).map(({ name }) => name);
  const dropped = faces(critical, 'dropped');
  if (dropped.length > 0)
    return { mood: 'sev1', title: `${capitalised(listed(dropped))} dropped`, lines: ['An incident is being opened.'] };
  const blind = faces(critical, 'blind');
  if (link !== 'lost' && blind.length > 0) return blindPart(blind, critical.length);
  if (link === 'lost') return { mood: 'lost', title: 'No connection', side: [`Nothing heard since ${showClock(heardAt, timezone)}.`] };
  if (link === 'stalled')
    return {
      mood: 'stalled',
      title: 'Nothing is decided',
      side: ['Plummet answers, but its detector stands still.', 'No fall would be seen now.'],
    };
  const falling = faces(critical, 'falling');
  if (falling.length > 0)
    return { mood: 'falling', title: `${capitalised(listed(falling))} falling`, side: ['Not sure, deep and long enough to page.'] };
  const recovering = faces(metrics, 'recovering');
  if (recovering.length > 0) return { mood: 'recovering', title: `${capitalised(listed(recovering))} recovering` };
  const minor = [...faces(metrics, 'minor'), ...faces(metrics, 'dropped')];
  if (minor.length > 0) return { mood: 'minor', title: `${capitalised(listed(minor))} dropped`, side: ['Nobody is woken for this.'] };
  return silencedPart(situation) ?? calm(situation, critical.length);
}

/** All is normal but for what is not told to anybody: that is said, lest it be forgotten. */
function silencedPart({ metrics, now, timezone }: Situation): Part | null {
  const held = metrics.filter(({ look }) => look.face === 'silenced');
  const first = held[0]?.silenced;
  if (!first) return null;
  const side = [`${capitalised(silencedText(first, now, timezone))}.`, 'Nobody is paged for it until then.'];
  return { mood: 'silenced', title: `${capitalised(listed(held.map(({ name }) => name)))} silenced`, side: held.length === 1 ? side : [] };
}

function calm({ metrics, incidents, now, link, arriving = 0, quiet = false }: Situation, critical: number): Part {
  if (link === 'connecting' || metrics.every(({ look }) => look.face === 'waiting')) {
    if (metrics.length === 0 && link !== 'connecting') return unwatched(arriving);
    return { mood: 'waiting', title: link === 'connecting' ? 'Connecting' : 'Waiting for data' };
  }
  if (quiet)
    return { mood: 'waiting', title: FIRST_EVENT, side: ['No event of a watched type has come yet.', 'Below is how to send one.'] };
  const warming = metrics.filter(({ look }) => look.face === 'warming').map(({ name }) => name);
  const woken = wokenText(incidents.lastWokenAt, now);
  if (warming.length > 0) {
    const title = warming.length === metrics.length ? 'Warming' : `${capitalised(listed(warming))} warming`;
    return { mood: 'warming', title, side: ['What is normal is being learned. Nothing pages until then.', woken] };
  }
  const atRate =
    critical === 0
      ? 'No metric is critical: nobody would be woken.'
      : `${critical} critical write metric${critical === 1 ? '' : 's'} at ${critical === 1 ? 'its' : 'their'} usual rate.`;
  return { mood: 'normal', title: 'All normal', side: [atRate, woken] };
}

const FIRST_EVENT = 'Waiting for the first event';

function unwatched(arriving: number): Part {
  if (arriving === 0) return { mood: 'waiting', title: FIRST_EVENT, side: ['Nothing is watched yet.', 'Below is how to begin.'] };
  const title = arriving === 1 ? 'One event type arrives' : `${arriving.toLocaleString('en-US')} event types arrive`;
  return { mood: 'waiting', title, side: ['Nothing is watched yet,', 'so nobody is woken, whatever falls.'] };
}

function wokenText(lastWokenAt: number | null, now: number): string {
  return lastWokenAt === null ? 'Nobody has been woken yet.' : `Nobody has been woken for **${longWhile(now - lastWokenAt)}**.`;
}

function blindPart(blind: readonly string[], critical: number): Part {
  const names = blind.length === critical && critical > 1 ? 'All critical metrics' : capitalised(listed(blind));
  const verb = blind.length === 1 ? 'is' : 'are';
  return {
    mood: 'blind',
    title: `${names} ${verb} blind`,
    side: ['No data is not zero:', 'nobody is paged for it.'],
  };
}

function sev1(incident: IncidentView, { metrics, now, timezone }: Situation): Part {
  const parts = incident.metrics.map(({ name }) => metrics.find((metric) => metric.name === name)?.look.face);
  const title = incident.headline;
  if (parts.length > 0 && parts.every((face) => face === 'recovering' || face === 'normal')) {
    const back = metrics.find(({ name }) => name === incident.metrics[0]?.name)?.look.facts[1] ?? '';
    return { mood: 'recovering', title: 'Recovering', side: [`${title}.`, back], incident };
  }
  const lines = [changeLine(incident, timezone), whoLine(incident, now, timezone)];
  const brief = `${changeLine({ ...incident, metrics: incident.metrics.slice(0, 1) }, timezone)} ${whoBriefly(incident, now, timezone)}`;
  return { mood: incident.is === 'acknowledged' ? 'acknowledged' : 'sev1', title, lines, brief, incident };
}

/** "118/s to 45/s since 14:03:04, and payments with it." */
function changeLine({ metrics }: IncidentView, timezone: string): string {
  const [lead, ...others] = metrics;
  if (!lead) return '';
  const { fall } = lead;
  const change = `${showRate(fall.rateBefore)} to ${showRate(fall.rateAfter)} since ${showClock(fall.from * 1000, timezone)}`;
  return others.length === 0 ? `${change}.` : `${change}, and ${listed(others.map(({ name }) => name))} with it.`;
}

/** Who knows, and what happens next and when. */
function whoLine(incident: IncidentView, now: number, timezone: string): string {
  const { acknowledgedBy, acknowledgedAt, held, next } = incident;
  if (acknowledgedBy !== null)
    return `${capitalised(acknowledgedBy)} has it since ${showClock(acknowledgedAt ?? now, timezone)}. Nobody else is paged.`;
  if (held !== null) return `Nobody is paged: ${held}.`;
  return [
    reachedText(incident, timezone),
    next ? `If nobody acknowledges, ${next.people} ${isOrAre(next.people)} paged in ${stopwatch(next.at - now)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** "Ana was paged, everyone in 3:45." */
function whoBriefly(incident: IncidentView, now: number, timezone: string): string {
  const { acknowledgedBy, held, next } = incident;
  if (acknowledgedBy !== null || held !== null || !next) return whoLine(incident, now, timezone).replace(' Nobody else is paged.', '');
  const reached = reachedText(incident, timezone).replace(/( at [\d:]+)?\.$/, '');
  return `${reached}, ${next.people} in ${stopwatch(next.at - now)}.`;
}

function isOrAre(people: string): string {
  return people.includes(' and ') ? 'are' : 'is';
}

function reachedText({ reached, paging }: IncidentView, timezone: string): string {
  const ok = reached.filter((one) => one.ok);
  // A line on a terminal is no person, where a person was reached as well.
  const people = ok.filter(({ way }) => way !== 'console');
  const good = people.length > 0 ? people : ok;
  const first = good[0];
  if (first) {
    const names = [...new Set(good.map(({ person }) => capitalised(person)))];
    return `${listed(names)} ${names.length === 1 ? 'was' : 'were'} paged at ${showClock(first.at, timezone)}.`;
  }
  const failed = reached[0];
  if (failed)
    return `${capitalised(failed.person)} could not be reached by ${failed.way === 'email' ? 'e-mail' : failed.way}: ${failed.detail}.`;
  if (paging.length > 0) return `${listed(paging.map(capitalised))} ${paging.length === 1 ? 'is' : 'are'} being paged.`;
  return 'Nobody has been paged yet.';
}

/** What the window's title says, where it is read without looking. */
export function titleOf({ mood, incident }: Pick<Sentence, 'mood' | 'incident'>): string {
  const lead = incident?.metrics[0];
  if ((mood === 'sev1' || mood === 'acknowledged') && lead) return `▼ ${lead.name} \u2212${showShare(lead.fall.drop)} · Plummet`;
  if (mood === 'sev1') return '▼ Plummet';
  return mood === 'lost' ? 'No connection · Plummet' : 'Plummet';
}
