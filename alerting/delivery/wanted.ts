/** Who is to be told what of an incident, as it stands: a page while nobody has it, then one word to those who were paged. */
import type { Attempt } from '../../platform/topics/incidents.ts';
import { sameTarget } from '../incident/deliveries.ts';
import type { Incident, KnownIncident } from '../incident/incident.ts';
import { CONSOLE, THIS_TERMINAL } from '../notify/console.ts';

export interface Target extends Pick<Attempt, 'message' | 'step' | 'person'> {
  /** By these channels only; null: by any that the person has. */
  readonly channels: readonly string[] | null;
}

/** A word that comes this late helps nobody: after a long absence it is left out. */
const FOLLOW_UP_AGE_MAX_MS = 3_600_000;

/** Pages go out for this and nothing else: a steep fall of a critical write metric that nobody has in hand and nothing holds back. */
export function wakes(incident: Incident): incident is Extract<Incident, { is: 'open' }> {
  return incident.is === 'open' && incident.severity === 1 && incident.held === null;
}

/** @param now  milliseconds since the epoch */
export function wanted(incident: Incident, now: number): Target[] {
  if (wakes(incident)) return [{ message: 'page', step: 0, person: THIS_TERMINAL, channels: [CONSOLE] }, ...paged(incident)];
  if (incident.is === 'acknowledged') return followUps(incident, 'acknowledged');
  if (incident.is === 'resolved' && now - incident.resolvedAt < FOLLOW_UP_AGE_MAX_MS) return followUps(incident, 'resolved');
  return [];
}

export function isWanted(target: Pick<Target, 'message' | 'step' | 'person'>, incident: Incident, now: number): boolean {
  return wanted(incident, now).some((other) => sameTarget(other, target));
}

/** Each person for the newest step that reaches them: an earlier one that never arrived has nothing more to say. */
function paged({ steps }: KnownIncident): Target[] {
  const newest = new Map<string, number>();
  for (const { step, people } of steps) for (const person of people) newest.set(person, Math.max(step, newest.get(person) ?? 0));
  return [...newest].map(([person, step]) => ({ message: 'page', step, person, channels: null }));
}

/** In the thread, by the ways that reached them. */
function followUps({ deliveries }: KnownIncident, message: 'acknowledged' | 'resolved'): Target[] {
  const channels = new Map<string, Set<string>>();
  for (const { message, person, way, is } of deliveries) {
    if (message === 'page' && is === 'sent') channels.set(person, (channels.get(person) ?? new Set()).add(way));
  }
  return [...channels].map(([person, ways]) => ({ message, step: 0, person, channels: [...ways] }));
}
