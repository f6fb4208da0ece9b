/** The facts of an incident, each with what it is compared with. */
import type { ComponentChildren } from 'preact';
import { showDuration } from '../../../../platform/units/duration.ts';
import { showSigmas, showTenths } from '../../../../platform/units/numbers.ts';
import { showMissing, showRate } from '../../../../platform/units/rate.ts';
import { showWhere } from '../../../../platform/units/where.ts';
import type { IncidentView } from '../../../live-frames.ts';
import { time } from '../board/board.ts';
import { seconds } from '../board/clock.ts';

export function Facts({ incident }: { incident: IncidentView }) {
  seconds.value;
  const lead = incident.metrics[0];
  if (!lead) return null;
  const { fall, name, value } = lead;
  const began = fall.from * 1000;
  const end = incident.resolvedAt ?? time.now();
  const page = incident.reached.find(({ ok }) => ok);
  const acknowledged = incident.acknowledgedAt;
  const where = showWhere(fall);
  return (
    <dl class="facts-row">
      <Fact label="Rate">
        {showRate(fall.rateBefore)} <span class="arrow">→</span> {showRate(fall.rateAfter)}
      </Fact>
      <Fact label={incident.is === 'resolved' ? 'Lasted' : 'Down for'}>
        {showDuration(Math.max(1, Math.round((end - began) / 1000)) * 1000)}
      </Fact>
      <Fact label="Fewer than usual">{incident.missing >= 1 ? showMissing(incident.missing, name, value) : 'none yet'}</Fact>
      <Fact label="How sure" beside={sureBeside(fall)}>
        {showSigmas(fall.steepness)}
      </Fact>
      {where && (
        <Fact label="Where" long={where.length > LONG_CHARS}>
          {where}
        </Fact>
      )}
      <Fact
        label="Page accepted after"
        beside={page && acknowledged !== null ? `ack after ${showDuration(Math.max(0, acknowledged - page.at))}` : ''}
      >
        {page ? showDuration(Math.max(0, Math.round((page.at - began) / 100) * 100)) : 'nobody was paged'}
      </Fact>
    </dl>
  );
}

function sureBeside({ threshold, raisedFrom, raisedByDays = 0 }: IncidentView['metrics'][number]['fall']): string {
  const raised = raisedFrom === undefined ? '' : `, raised from ${showTenths(raisedFrom)} by ${Math.floor(raisedByDays)} days of history`;
  return `pages at ${showTenths(threshold)}${raised}`;
}

/** What is longer is written smaller. */
const LONG_CHARS = 24;

interface FactProps {
  readonly label: string;
  readonly beside?: string;
  readonly long?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ label, beside, long = false, children }: FactProps) {
  return (
    <div {...(long && { class: 'long' })}>
      <dt>{label}</dt>
      <dd>
        {children} {beside && <small {...(beside.length > LONG_CHARS && { class: 'below' })}>{beside}</small>}
      </dd>
    </div>
  );
}
