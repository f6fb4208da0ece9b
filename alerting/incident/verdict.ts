/** State + signal → lines: what a finding about one metric and second adds to the journal. */
import type { FellFacts, JournalLine, PeerFacts } from '../../platform/topics/incidents.ts';
import type { FallFacts, Signal, SignalsRecord } from '../../platform/topics/signals.ts';
import { incidentToJoin } from './grouping.ts';
import { incidentId } from './identity.ts';
import { type Fall, isLive, type KnownIncident, type LiveIncident, leadOf } from './incident.ts';
import { severityOf, type WatchedMetric } from './severity.ts';

/** A detector's finding for one metric and second. */
export interface Finding {
  readonly metric: WatchedMetric;
  readonly second: number;
  readonly signal: Signal;
  /** About the apps that sent, as known when the second was closed. */
  readonly apps: Pick<SignalsRecord, 'silent' | 'producers' | 'noneSpeaksSince'>;
  /** What its peers did in that second. */
  readonly peers?: readonly PeerFacts[];
}

/** Written into each line: milliseconds since the epoch, and the process. */
export interface Stamp {
  readonly at: number;
  readonly by: string;
}

/** A metric is back once it is neither down nor on its way up; a detector that cannot tell says nothing of the kind. */
export const isBack = ({ state }: Pick<Signal, 'state'>): boolean => state === 'normal' || state === 'falling';

/** Lines for a metric that is down; none where an incident has this fall already. `held`: why nobody is told. */
export function linesOfFall(finding: Finding, incidents: Iterable<KnownIncident>, stamp: Stamp, held?: string): JournalLine[] {
  const severity = severityOf(finding.metric, finding.signal);
  if (severity === null) return [];
  const known = [...incidents];
  if (known.some((incident) => tells(incident, finding))) return [];
  const fell = fellFacts(finding);
  const joined = held === undefined ? incidentToJoin(known, fell.from) : undefined;
  // A segment and then another one or its whole within a minute: whoever was told of the one looks at the other, too.
  if (joined?.falls.some(({ fell: { series }, recovered }) => series === fell.series && recovered === null)) return [];
  if (joined) return [{ kind: 'joined', incident: joined.id, ...stamp, severity, fell }];
  const incident = incidentId(fell.series, fell.at);
  return [{ kind: 'opened', incident, ...stamp, severity, second: fell.at, fell, ...(held !== undefined && { held }) }];
}

/** Lines for a metric that is back: it recovered, and its incident is resolved when all of its metrics have. */
export function linesOfRecovery(finding: Finding, incidents: Iterable<KnownIncident>, missing: number, stamp: Stamp): JournalLine[] {
  const { metric, second } = finding;
  const lines: JournalLine[] = [];
  for (const incident of incidents) {
    if (!isLive(incident)) continue;
    const fall = incident.falls.find(({ fell, recovered }) => fell.series === metric.series && recovered === null);
    if (!fall || second <= fall.fell.at) continue;
    const recovered = { second, missing: Math.max(missing, fall.fell.missing) };
    const line: JournalLine = { kind: 'recovered', incident: incident.id, ...stamp, series: metric.series, ...recovered };
    const falls = incident.falls.map((other) => (other === fall ? { ...fall, recovered } : other));
    lines.push(line, ...linesOfEnd({ ...incident, falls }, stamp));
  }
  return lines;
}

/** The line that ends an incident of which every metric has recovered. */
function linesOfEnd(incident: LiveIncident, stamp: Stamp): JournalLine[] {
  if (incident.falls.some(({ recovered }) => recovered === null)) return [];
  const names = listed(incident.falls.map(({ fell }) => fell.metric));
  return [{ kind: 'resolved', incident: incident.id, ...stamp, reason: `${names} recovered`, missing: missingOf(leadOf(incident)) }];
}

/** A metric that nobody watches any more can neither fall nor recover. */
export function linesOfUnwatched(incident: LiveIncident, watched: readonly WatchedMetric[], stamp: Stamp): JournalLine[] {
  const series = new Set(watched.map((metric) => metric.series));
  if (incident.falls.some(({ fell, recovered }) => recovered === null && series.has(fell.series))) return [];
  const gone = incident.falls.filter(({ recovered }) => recovered === null).map(({ fell }) => fell.metric);
  if (gone.length === 0) return linesOfEnd(incident, stamp);
  const reason = `${listed(gone)} ${gone.length === 1 ? 'is' : 'are'} no longer watched as before`;
  return [{ kind: 'resolved', incident: incident.id, ...stamp, reason, missing: missingOf(leadOf(incident)) }];
}

/** `orders`, `orders and payments`, `orders, payments and signups`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const missingOf = ({ fell, recovered }: Fall): number => recovered?.missing ?? fell.missing;

/** Whether the incident has this fall: the metric was down in it at that second. */
function tells(incident: KnownIncident, { metric, second, signal }: Finding): boolean {
  return incident.falls.some(({ fell, recovered }) => {
    if (fell.series !== metric.series) return false;
    if (fell.at === signal.fall?.at) return true;
    if (recovered) return second >= fell.at && second <= recovered.second;
    if (!isLive(incident)) return second <= incident.resolvedAt / 1000;
    // Whoever has the loss of one segment in hand knows nothing of a later fall of another one, or of the whole.
    return fell.segment === undefined || signal.fall === undefined || fell.segment === signal.fall.segment;
  });
}

function fellFacts({ metric, second, signal, apps, peers = [] }: Finding): FellFacts {
  return {
    ...numbers(signal.fall ?? bareFacts(second, signal)),
    metric: metric.name,
    series: metric.series,
    silent: apps.silent,
    producers: apps.producers,
    ...(apps.noneSpeaksSince !== undefined && { noneSpeaksSince: apps.noneSpeaksSince }),
    ...(metric.value !== undefined && { value: metric.value }),
    ...(metric.steepLimit && { steepLimit: metric.steepLimit }),
    ...(peers.length > 0 && { peers }),
  };
}

/** JSON has no infinity: what a division by zero left behind is told as 0 rather than not at all. */
function numbers(facts: FallFacts): FallFacts {
  const finite = Object.entries(facts).map(([name, value]) => [name, typeof value !== 'number' || Number.isFinite(value) ? value : 0]);
  return Object.fromEntries(finite) as FallFacts;
}

/** A detector says the facts with every fall; should it not, what the second itself shows is told rather than nothing. */
function bareFacts(second: number, { rate, usual, drop, derivative, steepness }: Signal): FallFacts {
  const rates = { rateBefore: usual ?? 0, rateAfter: rate ?? 0 };
  const how = { drop: drop ?? 1, derivative: derivative ?? 0, steepness: steepness ?? 0, threshold: 0 };
  return { from: second, at: second, ...rates, ...how, fallWindow: 1, missing: 0 };
}
