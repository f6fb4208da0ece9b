/** A message as the way to people hands it to a notifier: orders fell from 118/s to 45/s, and what came after. */
import { after, type KnownIncident, UNKNOWN } from '../../alerting/incident/incident.ts';
import { factsOf } from '../../alerting/notify/facts.ts';
import type { Message } from '../../alerting/notify/notifier.ts';
import type { Way } from '../../alerting/oncall/contact.ts';
import { planOf } from '../../alerting/oncall/escalation.ts';
import type { Attempt, JournalLine } from '../../platform/topics/incidents.ts';
import { fell, START_S } from './fall.ts';

export const MESSAGE_INCIDENT = 'inc-0123456789';
const base = { incident: MESSAGE_INCIDENT, at: START_S * 1000, by: 'a' } as const;

const OPENED: JournalLine = { kind: 'opened', ...base, severity: 1, second: START_S, fell: fell('orders', START_S) };
const ACKNOWLEDGED: JournalLine = { kind: 'acknowledged', ...base, person: 'bo', via: 'link' };
const RECOVERED: JournalLine = { kind: 'recovered', ...base, series: 'orders~1', second: START_S + 200, missing: 5800 };
const RESOLVED: JournalLine = { kind: 'resolved', ...base, at: (START_S + 201) * 1000, reason: 'orders recovered', missing: 5800 };

const STORIES: Record<Attempt['message'], readonly JournalLine[]> = {
  page: [OPENED],
  acknowledged: [OPENED, ACKNOWLEDGED],
  resolved: [OPENED, ACKNOWLEDGED, RECOVERED, RESOLVED],
};

/** @param joined  metrics that fell with it */
export function messageBy(way: Way, kind: Attempt['message'] = 'page', joined: readonly string[] = []): Message {
  const [opened, ...rest] = STORIES[kind] as [JournalLine, ...JournalLine[]];
  const more = joined.map((metric): JournalLine => ({ kind: 'joined', ...base, severity: 1, fell: fell(metric, START_S) }));
  const state = [opened, ...more, ...rest].reduce(after, UNKNOWN) as KnownIncident;
  const urls = {
    incidentUrl: `https://plummet.example.com/incidents/${MESSAGE_INCIDENT}`,
    acknowledgeUrl: 'https://plummet.example.com/a/token',
  };
  const context = { plan: planOf({ ana: {} }, undefined, 'UTC'), timezone: 'UTC', now: START_S * 1000, ...urls };
  const facts = factsOf(state, { message: kind, step: 0, person: 'ana' }, context);
  return { key: `${MESSAGE_INCIDENT}.${kind}-0.ana`, incident: MESSAGE_INCIDENT, person: 'ana', way, repeat: false, facts, state };
}
