/** Journal → state: what an incident is after each of its lines. */
import type { FellFacts, JournalLine } from '../../platform/topics/incidents.ts';
import { type Delivery, withLine } from './deliveries.ts';

/** One metric's part in an incident. */
export interface Fall {
  readonly fell: FellFacts;
  readonly severity: 1 | 2;
  /** The epoch second in which it was back, and the events missing until then. */
  readonly recovered: { readonly second: number; readonly missing: number } | null;
}

/** A step of the escalation that was taken, and whom it reaches. */
interface StepTaken {
  readonly step: number;
  readonly people: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Who has it in hand since when (ms since the epoch), and by which way they said so. */
export interface InHand {
  readonly person: string;
  readonly via: string;
  readonly at: number;
}

interface Known {
  readonly id: string;
  /** That of its worst fall. */
  readonly severity: 1 | 2;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Since when (ms since the epoch) it is severe enough to wake somebody; escalation counts from here. Null: it is not. */
  readonly wakesSince: number | null;
  /** Why nobody is told of it. */
  readonly held: string | null;
  /** In the order in which they were found; never empty. */
  readonly falls: readonly Fall[];
  readonly steps: readonly StepTaken[];
  readonly deliveries: readonly Delivery[];
}

export interface OpenIncident extends Known {
  readonly is: 'open';
}

interface AcknowledgedIncident extends Known {
  readonly is: 'acknowledged';
  readonly inHand: InHand;
}

export interface ResolvedIncident extends Known {
  readonly is: 'resolved';
  readonly inHand: InHand | null;
  readonly resolvedAt: number;
  readonly reason: string;
  /** Events of the leading metric that did not come. */
  readonly missing: number;
}

export type LiveIncident = OpenIncident | AcknowledgedIncident;
export type KnownIncident = LiveIncident | ResolvedIncident;
export type Incident = { readonly is: 'unknown' } | KnownIncident;

export const UNKNOWN: Incident = { is: 'unknown' };

/** One reducer for every line. A line that comes twice, too late or for an incident that was never opened changes nothing. */
export function after(state: Incident, line: JournalLine): Incident {
  if (state.is === 'unknown') return line.kind === 'opened' ? opened(line) : state;
  switch (line.kind) {
    case 'opened':
      return state;
    case 'joined':
      return state.is === 'resolved' ? state : joined(state, line);
    case 'escalated':
      return state.is === 'resolved' || state.steps.some(({ step }) => step === line.step) ? state : escalated(state, line);
    case 'intended':
    case 'sent':
    case 'failed': {
      const deliveries = withLine(state.deliveries, line);
      return deliveries === state.deliveries ? state : { ...state, deliveries };
    }
    case 'silenced':
      return state.is === 'resolved' ? state : { ...state, held: line.reason };
    case 'acknowledged':
      return state.is === 'open' ? { ...state, is: 'acknowledged', inHand: { person: line.person, via: line.via, at: line.at } } : state;
    case 'recovered':
      return state.is === 'resolved' ? state : recovered(state, line);
    case 'resolved':
      if (state.is === 'resolved') return state;
      return { ...state, is: 'resolved', inHand: inHandOf(state), resolvedAt: line.at, reason: line.reason, missing: line.missing };
    // What is noted for the morning is no part of an incident.
    case 'noted':
    case 'noted-over':
      return state;
    default:
      return unheardOf(line, state);
  }
}

export function isLive(incident: Incident): incident is LiveIncident {
  return incident.is === 'open' || incident.is === 'acknowledged';
}

export function inHandOf(incident: Incident): InHand | null {
  return incident.is === 'acknowledged' || incident.is === 'resolved' ? incident.inHand : null;
}

/** The fall that the incident is told by: the first of the worst. */
export function leadOf(incident: KnownIncident): Fall {
  return incident.falls.find(({ severity }) => severity === incident.severity) ?? (incident.falls[0] as Fall);
}

type Line<Kind extends JournalLine['kind']> = Extract<JournalLine, { kind: Kind }>;

function opened(line: Line<'opened'>): OpenIncident {
  return {
    is: 'open',
    id: line.incident,
    severity: line.severity,
    openedAt: line.at,
    wakesSince: line.severity === 1 ? line.at : null,
    held: line.held ?? null,
    falls: [{ fell: line.fell, severity: line.severity, recovered: null }],
    steps: [],
    deliveries: [],
  };
}

function joined(state: LiveIncident, line: Line<'joined'>): LiveIncident {
  const severity = line.severity ?? 2;
  const known = state.falls.find(({ fell }) => fell.series === line.fell.series);
  if (known && (known.recovered === null || line.fell.at <= known.recovered.second)) return state;
  const fall: Fall = { fell: line.fell, severity, recovered: null };
  const falls = known ? state.falls.map((other) => (other === known ? fall : other)) : [...state.falls, fall];
  if (severity >= state.severity) return { ...state, falls };
  // Whoever took note of a lesser incident has not taken note of this one: it is open again, and wakes from here.
  const { is: _, ...rest } = state.is === 'acknowledged' ? withoutHand(state) : state;
  return { ...rest, is: 'open', severity, wakesSince: line.at, falls };
}

function withoutHand({ inHand: _, ...rest }: AcknowledgedIncident): Omit<AcknowledgedIncident, 'inHand'> {
  return rest;
}

function escalated(state: LiveIncident, { step, people, at }: Line<'escalated'>): LiveIncident {
  return { ...state, steps: [...state.steps, { step, people, at }] };
}

function recovered(state: LiveIncident, { series, second, missing }: Line<'recovered'>): LiveIncident {
  const isIt = (fall: Fall): boolean => fall.fell.series === series && fall.recovered === null;
  if (!state.falls.some(isIt)) return state;
  return { ...state, falls: state.falls.map((fall) => (isIt(fall) ? { ...fall, recovered: { second, missing } } : fall)) };
}

/** A line of a kind that a newer version writes changes nothing that this one knows. */
function unheardOf(_line: never, state: Incident): Incident {
  return state;
}
