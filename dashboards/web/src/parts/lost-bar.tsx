/** Says that this screen is cut off, since when, and that nobody's page depends on it. */
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showDuration } from '../../../../platform/units/duration.ts';
import { heardAt, link, time } from '../board/board.ts';
import { seconds, timezone } from '../board/clock.ts';
import { Unplugged } from './icons.tsx';

export function LostBar() {
  if (link.value !== 'lost') return null;
  seconds.value;
  if (heardAt.value === 0) {
    return (
      <p class="lost-bar" role="status">
        <Unplugged size={18} />
        <b>No connection</b>
        <span>The server does not answer. Trying again each second.</span>
      </p>
    );
  }
  const forMs = Math.max(1000, Math.floor((time.now() - heardAt.value) / 1000) * 1000);
  return (
    <p class="lost-bar" role="status" title={`since ${showClock(heardAt.value, timezone.value)}`}>
      <Unplugged size={18} />
      <b>No connection for {showDuration(forMs)}</b>
      <span>Trying again each second. Pages are still sent: they do not need this screen.</span>
    </p>
  );
}
