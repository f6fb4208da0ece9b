/** What slides or is above the usual and lasts: a calm row under the sentence, in room that is there anyhow, so that nothing moves. */
import { incidents } from '../board/board.ts';
import { metricPath } from '../board/route.ts';
import { HigherLevel, LowerLevel } from './icons.tsx';

/** How many have room on which screen without being cut; the style sheet hides the others. */
const ROOM = [
  { screen: 'wide', most: 3 },
  { screen: 'desk', most: 2 },
  { screen: 'narrow', most: 1 },
];

export function NotedLines() {
  const { noted = [], notedMore = 0 } = incidents.value;
  if (noted.length === 0) return null;
  return (
    <ul class="noted-lines" aria-label="For the morning">
      {noted.map(({ id, is, metric, headline, severity }) => (
        <li key={id} title={`${headline}. ${severity === 2 ? 'Told in the morning; nobody is woken.' : 'Only drawn.'}`}>
          {is === 'slide' ? <LowerLevel size={18} /> : <HigherLevel size={18} />}
          <a href={`${metricPath(metric)}?span=1d`}>{headline}</a>
          <span>Sev-{severity}</span>
        </li>
      ))}
      {ROOM.map(({ screen, most }) => {
        const others = Math.max(0, noted.length - most) + notedMore;
        return others > 0 && <li class={`others ${screen}`}>and {others} more</li>;
      })}
    </ul>
  );
}

/** The same in a line, for a screen without anything to press. */
export function notedText(): string {
  const { noted = [], notedMore = 0 } = incidents.value;
  const [first, ...rest] = noted;
  if (!first) return '';
  const others = rest.length + notedMore;
  return `${first.headline}${others > 0 ? `, and ${others} more` : ''}.`;
}
