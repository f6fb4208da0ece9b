/** Where an incident's minutes went: to be sure, to be acknowledged, to be mended, to be steady again. */

import { showDuration } from '../../../../platform/units/duration.ts';
import type { IncidentView } from '../../../live-frames.ts';

/** @param back  epoch second in which the leading metric was up again; null while it is not */
export function Minutes({ incident, back }: { incident: IncidentView; back: number | null }) {
  const { openedAt, acknowledgedAt, resolvedAt, metrics } = incident;
  const began = (metrics[0]?.fall.from ?? 0) * 1000;
  const backAt = back === null ? null : back * 1000;
  const parts: [ms: number, words: string][] = [[openedAt - began, 'to be sure']];
  if (acknowledgedAt !== null) parts.push([acknowledgedAt - openedAt, 'to acknowledge']);
  if (backAt !== null) parts.push([backAt - Math.min(acknowledgedAt ?? openedAt, backAt), 'to mend']);
  if (backAt !== null && resolvedAt !== null) parts.push([resolvedAt - backAt, 'steady, then resolved']);
  return (
    <dl class="minutes">
      {parts.map(([ms, words]) => (
        <div key={words}>
          <dd>{showDuration(ms < 10_000 ? Math.max(100, Math.round(ms / 100) * 100) : Math.round(ms / 1000) * 1000)}</dd>
          <dt>{words}</dt>
        </div>
      ))}
    </dl>
  );
}
