/** The line above everything: where one is, whether it is live, who is on call, what time it is. */
import { showClock } from '../../../../platform/units/clock-time.ts';
import { hello, link, newest } from '../board/board.ts';
import { seconds, timezone } from '../board/clock.ts';
import { switchTheme, theme } from '../board/theme.ts';
import { capitalised, listed } from '../words/numbers.ts';
import { Mark, Moon, Sun } from './icons.tsx';

export function Header({ page }: { page: 'wall' | 'incident' | 'metric' }) {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <header class="header">
      <a class="brand" href="/">
        <Mark />
        <span>Plummet</span>
      </a>
      <nav aria-label="Pages">
        <a href="/" {...(page === 'wall' && { 'aria-current': 'page' as const })}>
          Wall
        </a>
      </nav>
      <div class="header-right">
        <LinkState />
        <OnCall />
        <button type="button" class="icon-button" onClick={switchTheme} aria-label={`Switch to ${other}`} title={`Switch to ${other}`}>
          {theme.value === 'dark' ? <Sun size={17} /> : <Moon size={17} />}
        </button>
        <time class="clock">{showClock(seconds.value * 1000, timezone.value)}</time>
      </div>
    </header>
  );
}

function LinkState() {
  const behind = newest.value ? `${(newest.value.behindMs / 1000).toFixed(1)}\u00a0s` : null;
  switch (link.value) {
    case 'live':
      return (
        <span class="link live">
          <i class="pulse" />
          <span>
            Live
            {behind && (
              <span class="behind">
                , <b>{behind}</b> behind
              </span>
            )}
          </span>
        </span>
      );
    case 'connecting':
      return (
        <span class="link">
          <i class="pulse" />
          Connecting
        </span>
      );
    case 'lost':
    case 'stalled':
      return (
        <span class="link">
          <i class="pulse" />
          {link.value === 'lost' ? 'No connection' : 'Standing still'}
        </span>
      );
  }
}

function OnCall() {
  const people = hello.value?.onCall ?? [];
  if (people.length === 0) return null;
  const names = people.length > 3 ? `${people.length} people` : listed(people.map(capitalised));
  return (
    <span class="on-call">
      On call <b>{names}</b>
    </span>
  );
}
