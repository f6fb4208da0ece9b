/** What stands at its time in a picture of the past, and in the list below it: what was marked, noted, and what woke somebody. */
import type { AnnotationView, IncidentView, NotedView, PlannedInfo } from '../../../live-frames.ts';
import type { Stretch } from '../picture/span.ts';

export interface PastMark {
  /** Epoch second. */
  readonly at: number;
  readonly until: number | null;
  readonly kind: 'sev1' | 'sev2' | 'slide' | 'surprise' | 'planned' | 'deploy' | 'other' | 'rehearsed';
  /** On the picture. */
  readonly name: string;
  /** In the list. */
  readonly text: string;
  /** Its id; null where it is none. */
  readonly incident: string | null;
}

export interface Marked {
  readonly annotations: readonly AnnotationView[];
  readonly incidents: readonly IncidentView[];
  /** Slow slides and upward surprises. */
  readonly noted?: readonly NotedView[];
  /** Closings and sales of the metric. */
  readonly planned?: readonly PlannedInfo[];
}

/** What lasts is told for as long as it does, also where it began before the picture. */
const LASTING: ReadonlySet<PastMark['kind']> = new Set(['slide', 'surprise', 'planned']);

/** Within the picture, oldest first. */
export function pastMarks(metric: string, { annotations, incidents, noted = [], planned = [] }: Marked, { from, to }: Stretch): PastMark[] {
  const told = incidents.filter(({ metrics }) => metrics.some(({ name }) => name === metric));
  const marks = [
    ...told.map(({ id, severity, headline, openedAt, resolvedAt }): PastMark => {
      const until = resolvedAt === null ? null : resolvedAt / 1000;
      const [kind, name] = severity === 1 ? (['sev1', 'Sev-1'] as const) : (['sev2', 'Sev-2'] as const);
      return { at: openedAt / 1000, until, kind, name, text: headline, incident: id };
    }),
    ...noted
      .filter((one) => one.metric === metric)
      .map(({ is, headline, from: at, until, over, severity }): PastMark => {
        const name = `${is}, Sev-${severity}`;
        return { at, until: over === null ? null : until, kind: is, name, text: headline, incident: null };
      }),
    ...planned.map(({ is, from: at, to: end, name }): PastMark => {
      const what = is === 'closed' ? 'planned closing' : 'planned sale';
      return { at, until: end <= to ? end : null, kind: 'planned', name: what, text: name || what, incident: null };
    }),
    ...annotations
      .filter(({ kind }) => kind !== 'rehearsed')
      .map(({ kind, at, until, text }): PastMark => {
        const one = { at: at / 1000, until: until === null ? null : until / 1000, text: text || kind, incident: null };
        return { ...one, kind: kind === 'deploy' ? 'deploy' : 'other', name: kind };
      }),
  ];
  const within = marks.filter(({ at, until, kind }) => at <= to && (at >= from || (LASTING.has(kind) && (until ?? to) >= from)));
  return within.sort((a, b) => a.at - b.at);
}

/** What was made up, as far as the picture shows it; one after the other is one. */
export function rehearsedIn({ annotations }: Pick<Marked, 'annotations'>, { from, to }: Stretch): (Stretch & { text: string })[] {
  const spans: (Stretch & { text: string })[] = [];
  const told = annotations.filter(({ kind }) => kind === 'rehearsed').sort((a, b) => a.at - b.at);
  for (const { at, until, text } of told) {
    const end = (until ?? at) / 1000;
    if (end < from || at / 1000 > to) continue;
    const before = spans.at(-1);
    if (before && at / 1000 <= before.to + 1) spans[spans.length - 1] = { ...before, to: Math.max(before.to, end) };
    else spans.push({ from: at / 1000, to: end, text });
  }
  return spans;
}
