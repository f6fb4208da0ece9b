/** What a fall of would wait for the morning, as a kiosk shows it: a shape, a name and a number each. */
import { link } from '../board/board.ts';
import type { SeenMetric } from '../board/seen.ts';
import { kioskUnit } from '../picture/size.ts';
import { rateDigits } from '../words/numbers.ts';
import type { Face } from '../words/states.ts';
import { FaceIcon } from './icons.tsx';

const COLUMNS = 8;
const ICON_PX = 30;

export function KioskRow({ metrics }: { metrics: readonly SeenMetric[] }) {
  const shown = metrics.length > COLUMNS ? metrics.slice(0, COLUMNS - 1) : metrics;
  const rest = metrics.slice(shown.length);
  const stale = link.value === 'lost' || link.value === 'stalled';
  return (
    <ul
      class={`kiosk-row${stale ? ' stale' : ''}`}
      style={{ gridTemplateColumns: `repeat(${Math.min(COLUMNS, metrics.length)}, minmax(0, 1fr))` }}
    >
      {shown.map((metric) => (
        <Cell key={metric.name} metric={metric} />
      ))}
      {rest.length > 0 && <Rest metrics={rest} />}
    </ul>
  );
}

function Cell({ metric: { name, look, rate } }: { metric: SeenMetric }) {
  return (
    <li class={look.face} aria-label={name}>
      <h2>{name}</h2>
      <p class="rate">
        {rate === null ? '–' : rateDigits(rate)}
        {rate !== null && <small>/s</small>}
      </p>
      <State face={look.face} word={look.word} />
    </li>
  );
}

/** Those for which there is no room: how many, and the first that is not as usual. */
function Rest({ metrics }: { metrics: readonly SeenMetric[] }) {
  const odd = metrics.filter(({ look }) => look.face !== 'normal');
  const worst = odd[0];
  const face = worst?.look.face ?? 'normal';
  return (
    <li class={face}>
      <h2>{worst ? worst.name : 'further ones'}</h2>
      <p class="rate">+{metrics.length}</p>
      <State face={face} word={worst ? `${worst.look.word}${odd.length > 1 ? `, ${odd.length - 1} more` : ''}` : 'All normal'} />
    </li>
  );
}

/** Without how long and how much: there is no room, and the number stands above. */
function State({ face, word }: { face: Face; word: string }) {
  return (
    <p class={`state ${face}`}>
      <FaceIcon face={face} size={ICON_PX * kioskUnit()} />
      <span>{word.replace(/ (for [^,]+|\d+%)/, '')}</span>
    </p>
  );
}
