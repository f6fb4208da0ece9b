/** An incident in words: what happened, who was reached and how, and every line of the journal. */
import type { ComponentType } from 'preact';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showDuration } from '../../../../platform/units/duration.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import { showShare } from '../../../../platform/units/share.ts';
import { setApart } from '../../../../platform/units/where.ts';
import type { IncidentView, JournalEntry } from '../../../live-frames.ts';
import { timezone } from '../board/clock.ts';
import { capitalised, initialsOf, listed } from '../words/numbers.ts';
import { Bell, Cross, Envelope, Flag, Octagon, Prompt, Ring, Rising, Tick, TwoTicks } from './icons.tsx';

export function WhatHappened({ incident }: { incident: IncidentView }) {
  const [lead, ...others] = incident.metrics;
  if (!lead) return null;
  const { fall, name } = lead;
  const part = fall.segment === undefined ? '' : ` (${fall.by ?? 'segment'} ${setApart(fall.segment)})`;
  const rest = others.map((other) => `${other.name} (${showShare(other.fall.drop)})`);
  return (
    <section class="panel words-panel" aria-labelledby="happened">
      <h2 id="happened">What happened</h2>
      <p>
        <b>
          {capitalised(name)}
          {part} fell from {showRate(fall.rateBefore)} to {showRate(fall.rateAfter)}
        </b>{' '}
        at {showClock(fall.from * 1000, timezone.value)}. {rest.length > 0 && `${capitalised(listed(rest))} fell with it.`}
      </p>
      <p>{ending(incident)}</p>
    </section>
  );
}

function ending(incident: IncidentView): string {
  const { is, resolvedAt, acknowledgedBy, acknowledgedAt, next, held, metrics } = incident;
  const clock = (ms: number): string => showClock(ms, timezone.value);
  const hand =
    acknowledgedBy === null
      ? 'Nobody has acknowledged it.'
      : `${capitalised(acknowledgedBy)} has had it since ${clock(acknowledgedAt ?? 0)}.`;
  if (is === 'resolved' && resolvedAt !== null) {
    const lasted = showDuration(Math.max(1, Math.round((resolvedAt - (metrics[0]?.fall.from ?? 0) * 1000) / 1000)) * 1000);
    const had = acknowledgedBy === null ? 'Nobody acknowledged it.' : `${capitalised(acknowledgedBy)} had it.`;
    return `It was resolved at ${clock(resolvedAt)}, ${lasted} after it began. ${had}`;
  }
  if (held !== null) return `Nobody is told: ${held}.`;
  if (is === 'acknowledged') return `${hand} Nobody else is paged.`;
  return next ? `${hand} At ${clock(next.at)} ${next.people} ${next.people.includes(' and ') ? 'are' : 'is'} paged.` : hand;
}

export function Reached({ incident }: { incident: IncidentView }) {
  const { reached, acknowledgedBy, acknowledgedAt, paging } = incident;
  const people = [...new Set([...reached.map(({ person }) => person), ...paging])];
  return (
    <section class="panel reached-panel" aria-labelledby="reached">
      <h2 id="reached">Who was reached</h2>
      {people.length === 0 && <p class="note">Nobody{incident.held ? `: ${incident.held}` : ' yet'}.</p>}
      <ul>
        {people.map((person) => (
          <li key={person}>
            <i class="initials" aria-hidden="true">
              {isTerminal(incident, person) ? <Prompt size={16} /> : initialsOf(person)}
            </i>
            <div>
              <p>
                <b>{capitalised(person)}</b>
                {person === acknowledgedBy && acknowledgedAt !== null && (
                  <span>acknowledged {showClock(acknowledgedAt, timezone.value)}</span>
                )}
              </p>
              {reached
                .filter((way) => way.person === person)
                .map(({ way, at, ok, detail }) => (
                  <p key={`${way}${at}`} class={ok ? 'way good' : 'way bad'} title={detail}>
                    {ok ? <Tick size={14} /> : <Cross size={14} />}
                    {capitalised(wayName(way))} {showClock(at, timezone.value)}
                    {!ok && `: ${detail}`}
                  </p>
                ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is written where Plummet runs reaches whoever looks there: nobody by name. */
function isTerminal({ reached }: IncidentView, person: string): boolean {
  const ways = reached.filter((one) => one.person === person);
  return ways.length > 0 && ways.every(({ way }) => way === 'console');
}

function wayName(way: string): string {
  return way === 'email' ? 'e-mail' : way;
}

const SHAPES: Readonly<Record<JournalEntry['kind'], ComponentType<{ size?: number }>>> = {
  opened: Octagon,
  joined: Octagon,
  escalated: Bell,
  intended: Flag,
  sent: Envelope,
  failed: Cross,
  silenced: Bell,
  acknowledged: TwoTicks,
  recovered: Rising,
  resolved: Ring,
};

export function Journal({ journal }: { journal: readonly JournalEntry[] }) {
  return (
    <section class="panel journal-panel" aria-labelledby="journal">
      <h2 id="journal">Journal</h2>
      <ol>
        {journal.map(({ at, kind, text }, i) => {
          const Shape = SHAPES[kind] ?? Flag;
          return (
            <li key={i} class={kind}>
              <time dateTime={new Date(at).toISOString()} title={new Date(at).toISOString()}>
                {showClock(at, timezone.value)}
                <small>.{Math.floor((at % 1000) / 100)}</small>
              </time>
              <Shape size={15} />
              <span>{text}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
