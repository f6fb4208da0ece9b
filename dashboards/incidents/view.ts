/** An incident as people see it: what fell, who was reached, who is told next. */
import type { Delivery } from '../../alerting/incident/deliveries.ts';
import { inHandOf, type KnownIncident, leadOf } from '../../alerting/incident/incident.ts';
import { peerSaid } from '../../alerting/incident/peer-words.ts';
import { capitalised, fallSentence } from '../../alerting/incident/words.ts';
import { displayName } from '../../alerting/oncall/contact.ts';
import { type Plan, peopleOf, stepsDue } from '../../alerting/oncall/escalation.ts';
import type { IncidentView } from '../live-frames.ts';

export interface ViewContext {
  /** Events of a series missing so far, as the newest signal has it; null where none says. */
  readonly missing: (series: string) => number | null;
  readonly plan: Plan;
  readonly timezone: string;
  /** ms since the epoch */
  readonly now: number;
}

export function viewOf(incident: KnownIncident, context: ViewContext): IncidentView {
  const inHand = inHandOf(incident);
  const pages = incident.deliveries.filter(({ message }) => message === 'page');
  const metrics = incident.falls.map(({ fell, recovered }) => {
    const { metric, series, silent: _silent, producers: _producers, noneSpeaksSince: _none, steepLimit: _limit, ...told } = fell;
    const { value, peers, ...fall } = told;
    const missing = recovered?.missing ?? context.missing(series) ?? fall.missing;
    return {
      name: metric,
      fall: { ...fall, missing },
      recovered: recovered !== null,
      ...(value !== undefined && { value }),
      ...(peers && { peers: peers.map((peer) => peerSaid(peer, fell)) }),
    };
  });
  const { fell } = leadOf(incident);
  const lead = fell.metric;
  return {
    id: incident.id,
    severity: incident.severity,
    headline: capitalised(fallSentence(fell, context.timezone)),
    is: incident.is,
    openedAt: incident.openedAt,
    resolvedAt: incident.is === 'resolved' ? incident.resolvedAt : null,
    acknowledgedBy: inHand?.person ?? null,
    acknowledgedAt: inHand?.at ?? null,
    metrics: [...metrics.filter(({ name }) => name === lead), ...metrics.filter(({ name }) => name !== lead)],
    reached: pages.filter(({ is }) => is !== 'intended').map(reachedOf),
    paging: [...new Set(pages.filter(({ is }) => is === 'intended').map(({ person }) => person))],
    held: incident.held,
    next: nextOf(incident, context),
    missing: incident.is === 'resolved' ? incident.missing : (metrics.find(({ name }) => name === lead)?.fall.missing ?? 0),
  };
}

function reachedOf({ person, way, at, is, detail }: Delivery): IncidentView['reached'][number] {
  return { person, way, at, ok: is === 'sent', detail };
}

/** The step that comes next if nobody acknowledges. */
function nextOf(incident: KnownIncident, { plan, now }: ViewContext): IncidentView['next'] {
  if (incident.is !== 'open' || incident.wakesSince === null || incident.held !== null) return null;
  const taken = incident.steps.length;
  const { due } = stepsDue(plan, taken, now - incident.wakesSince);
  const step = plan.steps[taken + due.length];
  if (!step) return null;
  const at = incident.wakesSince + step.afterMs;
  const names = peopleOf(plan, step, at).map(displayName);
  const people = step.notify === 'everyone' ? 'everyone' : names.join(' and ');
  return people === '' ? null : { at, people };
}
