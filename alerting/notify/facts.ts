/** What every message says, whatever carries it: the fact first, then the button, then the evidence. No markup, nothing untrusted. */
import type { Attempt } from '../../platform/topics/incidents.ts';
import { showClock, showWeekdayHour, showZone } from '../../platform/units/clock-time.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { type KnownIncident, leadOf, type ResolvedIncident } from '../incident/incident.ts';
import { listed } from '../incident/verdict.ts';
import { capitalised, fallSentence, inert, rateChange, subjectOf } from '../incident/words.ts';
import { displayName } from '../oncall/contact.ts';
import { onCall, type Plan, peopleOf, stepsDue } from '../oncall/escalation.ts';
import { turnEndsAt } from '../oncall/rotation.ts';
import { evidence, missingOf, type Row } from './evidence.ts';

export interface Facts {
  readonly kind: Attempt['message'];
  readonly subject: string;
  /** What this message is, and when. */
  readonly banner: { readonly text: string; readonly time: string };
  readonly headline: string;
  /** The sentence below the headline: its strong beginning, may be empty, and the rest. */
  readonly lead: { readonly strong: string; readonly rest: string };
  readonly action: { readonly url: string; readonly label: string; readonly hint: string } | null;
  readonly incidentUrl: string;
  readonly rows: readonly Row[];
  readonly footer: string;
  /** Everything that matters on one line. */
  readonly line: string;
}

export interface FactsContext {
  readonly plan: Plan;
  readonly timezone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly incidentUrl: string;
  /** Signed for the person who reads it; null where nobody in particular does. */
  readonly acknowledgeUrl: string | null;
}

type Target = Pick<Attempt, 'message' | 'step' | 'person'>;

export function factsOf(incident: KnownIncident, target: Target, context: FactsContext): Facts {
  const { timezone, now, incidentUrl } = context;
  const base = { kind: target.message, subject: subjectOf(incident, timezone), incidentUrl };
  const time = `${showClock(now, timezone)} ${showZone(now, timezone)}`;
  if (target.message === 'acknowledged' && incident.is !== 'open') return { ...base, ...acknowledgedFacts(incident, context, time) };
  if (target.message === 'resolved' && incident.is === 'resolved') return { ...base, ...resolvedFacts(incident, context, time) };
  return { ...base, ...pageFacts(incident, target, context, time) };
}

/** What can be said whatever the numbers are. */
export function bareFacts(incident: KnownIncident, target: Target, { incidentUrl, acknowledgeUrl, now }: FactsContext): Facts {
  const { fell } = leadOf(incident);
  const metric = inert(String(fell.metric));
  const text = { page: `${metric} fell`, acknowledged: `Acknowledged: ${metric}`, resolved: `Resolved: ${metric}` }[target.message];
  const asked = target.message === 'page' && acknowledgeUrl !== null;
  return {
    kind: target.message,
    subject: `[Sev-${incident.severity}] ${metric} fell`,
    banner: { text: 'Plummet', time: new Date(now).toISOString() },
    headline: text,
    lead: { strong: '', rest: 'The numbers could not be put into words; the incident shows them.' },
    action: asked ? { url: acknowledgeUrl, label: 'Acknowledge', hint: 'Two taps, no login.' } : null,
    incidentUrl,
    rows: [],
    footer: '',
    line: text,
  };
}

type Said = Omit<Facts, 'kind' | 'subject' | 'incidentUrl'>;

function pageFacts(incident: KnownIncident, target: Target, context: FactsContext, time: string): Said {
  const { timezone, acknowledgeUrl } = context;
  const { fell } = leadOf(incident);
  const sentence = fallSentence(fell, timezone);
  const others = incident.falls.filter((fall) => fall.fell !== fell).map((fall) => inert(fall.fell.metric));
  const together = others.length > 0 ? ` ${capitalised(listed(others.slice(0, 3)))} fell too.` : '';
  const next = hint(incident, target, context);
  const since = `since ${showClock(fell.from * 1000, timezone)}`;
  return {
    banner: { text: target.step > 0 ? 'Sev-1: nobody has it yet' : 'Sev-1: needs a person now', time },
    headline: capitalised(sentence),
    lead: { strong: rateChange(fell), rest: ` ${since}, still down.${together}` },
    action: acknowledgeUrl === null ? null : { url: acknowledgeUrl, label: 'Acknowledge', hint: `Two taps, no login. ${next}`.trim() },
    rows: evidence(incident, timezone),
    footer: `${turn(target.person, context)}Answers and the resolution come in this thread.`,
    line: `${subjectOf(incident, timezone)}, ${since}. ${next}`.trim(),
  };
}

/** What happens next and when: nobody should have to guess who else knows. */
function hint(incident: KnownIncident, target: Target, { plan, timezone, now }: FactsContext): string {
  const since = incident.wakesSince ?? incident.openedAt;
  const { nextInMs } = stepsDue(plan, Math.max(target.step + 1, incident.steps.length), now - since);
  const next = plan.steps[Math.max(target.step + 1, incident.steps.length)];
  const told = paged(incident.steps.at(-1)?.people ?? [], target.person);
  if (plan.people.length === 0) return 'Nobody is paged: add `people:` and `mail:` to the YAML.';
  if (!next || nextInMs === null) return told;
  const who = next.notify === 'everyone' ? ['everyone'] : peopleOf(plan, next, now + nextInMs).map(displayName);
  return `${told} If nobody does by ${showClock(since + next.afterMs, timezone)}, ${listed(who)} ${isOrAre(who)} paged.`.trim();
}

const NAMES_MAX = 4;

function paged(people: readonly string[], reader: string): string {
  const others = people.filter((person) => person !== reader).map(displayName);
  if (others.length === 0) return '';
  const too = people.includes(reader) ? ' too' : '';
  if (others.length > NAMES_MAX) return `${others.length} others are paged${too}.`;
  return `${listed(others)} ${isOrAre(others)} paged${too}.`;
}

const isOrAre = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');

function turn(person: string, { plan, timezone, now }: FactsContext): string {
  if (!plan.rotation || !onCall(plan, now).includes(person)) return '';
  const end = turnEndsAt(plan.rotation, now, timezone);
  const zone = plan.rotation.timezone ?? timezone;
  return `You are on call until ${showWeekdayHour(end, zone)}${zone === timezone ? '' : ` ${showZone(end, zone)}`}. `;
}

function acknowledgedFacts(incident: Exclude<KnownIncident, { is: 'open' }>, { timezone }: FactsContext, time: string): Said {
  const { inHand } = incident;
  const who = inHand ? displayName(inert(inHand.person)) : 'Somebody';
  const since = inHand ? ` since ${showClock(inHand.at, timezone)} ${showZone(inHand.at, timezone)}` : '';
  const { fell } = leadOf(incident);
  const fact = `${capitalised(fallSentence(fell, timezone))}, ${rateChange(fell)}`;
  return {
    banner: { text: 'Acknowledged', time },
    headline: `Acknowledged by ${inHand ? who : 'somebody'}`,
    lead: { strong: `${who} has it`, rest: `${since}. Nobody else will be paged.` },
    action: null,
    rows: [
      { label: 'What fell', value: fact },
      { label: 'Since', value: `${showClock(fell.from * 1000, timezone)} ${showZone(fell.from * 1000, timezone)}` },
    ],
    footer: 'The resolution comes in this thread.',
    line: `${who} has it${since}: ${subjectOf(incident, timezone)}`,
  };
}

function resolvedFacts(incident: ResolvedIncident, { timezone }: FactsContext, time: string): Said {
  const { fell } = leadOf(incident);
  const from = fell.from * 1000;
  const lasted = showDuration(Math.max(1000, Math.round((incident.resolvedAt - from) / 1000) * 1000));
  const span = `${showClock(from, timezone)} to ${showClock(incident.resolvedAt, timezone)} ${showZone(from, timezone)}`;
  const inHand = incident.inHand
    ? `${displayName(inert(incident.inHand.person))}, since ${showClock(incident.inHand.at, timezone)}`
    : 'nobody';
  const missing = incident.missing >= 1 ? [{ label: 'Missing', value: missingOf({ ...fell, missing: incident.missing }) }] : [];
  const headline = `Resolved after ${lasted}: ${inert(incident.reason)}`;
  return {
    banner: { text: 'Resolved', time },
    headline,
    lead: { strong: '', rest: `Down from ${span}.` },
    action: null,
    rows: [
      { label: 'What fell', value: `${capitalised(fallSentence(fell, timezone))}, ${rateChange(fell)}` },
      ...missing,
      { label: 'In hand', value: inHand },
    ],
    footer: 'Nothing is left to do here.',
    line: `${headline}. ${subjectOf(incident, timezone)}`,
  };
}
