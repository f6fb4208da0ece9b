/** Metrics that fall together are one incident: one page names them all. */
import { isLive, type KnownIncident, type LiveIncident } from './incident.ts';

/** Two falls that began within this are taken for one cause. */
const TOGETHER_SECONDS = 60;

/** The incident that a fall which began at `from` (epoch second) belongs to; of several the oldest. */
export function incidentToJoin(incidents: Iterable<KnownIncident>, from: number): LiveIncident | undefined {
  let oldest: LiveIncident | undefined;
  for (const incident of incidents) {
    if (!isLive(incident) || incident.held !== null) continue;
    const first = incident.falls[0]?.fell.from ?? 0;
    if (Math.abs(from - first) > TOGETHER_SECONDS) continue;
    if (!oldest || incident.openedAt < oldest.openedAt) oldest = incident;
  }
  return oldest;
}
