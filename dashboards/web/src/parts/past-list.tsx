/** What is marked in a picture of the past, in words and with what leads further. */

import { timezone } from '../board/clock.ts';
import { incidentPath } from '../board/route.ts';
import type { PastMark } from '../past/marks.ts';
import { momentText } from '../past/zoned.ts';
import type { Stretch } from '../picture/span.ts';
import { Calendar, Flag, Hexagon, HigherLevel, HollowOctagon, LowerLevel, Octagon } from './icons.tsx';

const SHOWN_MAX = 50;
const SHAPES = {
  sev1: Octagon,
  sev2: HollowOctagon,
  slide: LowerLevel,
  surprise: HigherLevel,
  planned: Calendar,
  deploy: Hexagon,
  other: Flag,
  rehearsed: Flag,
};
const TO_THE_MINUTE = 60;

interface PastListProps {
  readonly marks: readonly PastMark[];
  readonly rehearsed: readonly Stretch[];
}

export function PastList({ marks, rehearsed }: PastListProps) {
  if (marks.length === 0) return null;
  const newestFirst = [...marks].reverse();
  return (
    <section class="panel past-list" aria-label="What happened">
      <h2>What happened</h2>
      <ol>
        {newestFirst.slice(0, SHOWN_MAX).map((mark) => (
          <Item key={`${mark.at}${mark.text}`} mark={mark} isMadeUp={rehearsed.some(({ from, to }) => mark.at >= from && mark.at < to)} />
        ))}
      </ol>
      {marks.length > SHOWN_MAX && <p class="note">and {marks.length - SHOWN_MAX} older ones; a shorter span shows fewer at once</p>}
    </section>
  );
}

function Item({ mark, isMadeUp }: { mark: PastMark; isMadeUp: boolean }) {
  const { at, until, kind, name, text, incident } = mark;
  const Shape = SHAPES[kind];
  return (
    <li class={kind}>
      <Shape size={16} />
      <time>
        {momentText(at, TO_THE_MINUTE, timezone.value)}
        {until !== null && <small> {lasted(until - at)}</small>}
      </time>
      <span>{incident === null ? text : <a href={incidentPath(incident)}>{text}</a>}</span>
      <em>{isMadeUp ? `${name}, rehearsed` : name}</em>
    </li>
  );
}

function lasted(seconds: number): string {
  if (seconds < 120) return `for ${Math.max(1, Math.round(seconds))}\u00a0s`;
  if (seconds < 7200) return `for ${Math.round(seconds / 60)}\u00a0min`;
  return `for ${Math.round(seconds / 3600)}\u00a0h`;
}
