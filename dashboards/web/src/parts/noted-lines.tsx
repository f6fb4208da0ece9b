/** What slides or is above the usual and lasts: a calm line each, for nobody is woken for it. */
import { incidents } from '../board/board.ts';
import { metricPath } from '../board/route.ts';
import { HigherLevel, LowerLevel } from './icons.tsx';

export function NotedLines() {
  const { noted = [], notedMore = 0 } = incidents.value;
  if (noted.length === 0) return null;
  return (
    <ul class="noted-lines" aria-label="For the morning">
      {noted.map(({ id, is, metric, headline, severity }) => (
        <li key={id}>
          {is === 'slide' ? <LowerLevel size={18} /> : <HigherLevel size={18} />}
          <a href={`${metricPath(metric)}?span=1d`}>{headline}</a>
          <span>{severity === 2 ? 'Sev-2, for the morning' : 'Sev-3, only drawn'}</span>
        </li>
      ))}
      {notedMore > 0 && <li class="note">and {notedMore} more, on the pages of their metrics</li>}
    </ul>
  );
}
