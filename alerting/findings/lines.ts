/** State + signal → lines: what a slow slide or an upward surprise adds to the journal. None of them opens an incident or pages. */
import type { NotedLine } from '../../platform/topics/incidents.ts';
import type { SlideFacts } from '../../platform/topics/signals.ts';
import { notedId } from '../incident/identity.ts';
import { severityOfSlide, type WatchedMetric } from '../incident/severity.ts';
import type { Stamp } from '../incident/verdict.ts';
import type { Findings, Noted } from './findings.ts';

/** Lines for what a signal says; none where the journal says so already. */
export function linesOfSlide(metric: WatchedMetric, slide: SlideFacts, findings: Findings, stamp: Stamp): NotedLine[] {
  const { name, series } = metric;
  const lasting = findings.lastingOf(series);
  const overOf = (incident: string): NotedLine[] =>
    slide.over === undefined ? [] : [{ kind: 'noted-over', incident, ...stamp, because: slide.over, slide }];
  // Whoever found the same a little earlier or later told it before: one series has one level at a time.
  if (lasting?.slide.is === slide.is) return overOf(lasting.id);
  if (findings.all().some((noted) => tells(noted, series, slide))) return [];
  const incident = notedId(series, slide.at);
  const noted: NotedLine = { kind: 'noted', incident, ...stamp, severity: severityOfSlide(metric), metric: name, series, slide };
  const before: NotedLine[] = lasting
    ? [{ kind: 'noted-over', incident: lasting.id, ...stamp, because: 'back', slide: lasting.slide }]
    : [];
  return [...before, noted, ...overOf(incident)];
}

/** Whether what is over is this one: it was sure before that ended. */
function tells({ series, slide: known, over }: Noted, asked: string, slide: SlideFacts): boolean {
  return series === asked && over !== null && (slide.at <= known.at || slide.at <= known.until);
}

/** Of a series that nobody watches any more nobody will say that it is over. */
export function linesOfUnwatchedSlides(findings: Findings, watched: readonly WatchedMetric[], stamp: Stamp): NotedLine[] {
  const series = new Set(watched.map((metric) => metric.series));
  const gone = findings.lasting().filter((noted) => !series.has(noted.series));
  return gone.map(({ id, slide }) => ({ kind: 'noted-over', incident: id, ...stamp, because: 'unwatched', slide }));
}
