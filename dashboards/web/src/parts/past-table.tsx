/** The same past as rows, for those who read better than they see. */
import { showRate } from '../../../../platform/units/rate.ts';
import { timezone } from '../board/clock.ts';
import { overall, type PastFigure } from '../past/figure.ts';
import type { PastMark } from '../past/marks.ts';
import { rowsOf } from '../past/rows.ts';
import type { Choice } from '../past/spans.ts';
import { momentText } from '../past/zoned.ts';
import { Dialog } from './dialog.tsx';

interface PastTableProps {
  readonly name: string;
  readonly figure: PastFigure;
  readonly marks: readonly PastMark[];
  readonly choice: Choice;
  readonly close: () => void;
}

export function PastTable({ name, figure, marks, choice, close }: PastTableProps) {
  return (
    <Dialog title={`${name}, the last ${choice.words}`} close={close}>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Mean</th>
              <th scope="col">Least, most</th>
              <th scope="col">Usual</th>
              <th scope="col">State at worst</th>
              {marks.length > 0 && <th scope="col">What happened</th>}
            </tr>
          </thead>
          <tbody>
            {rowsOf(figure, timezone.value).map(({ at, seconds, first, after, usual, state }) => {
              const all = overall(figure, first, after);
              return (
                <tr key={at}>
                  <th scope="row">{momentText(at, seconds, timezone.value)}</th>
                  <td>{all?.mean == null ? '–' : showRate(all.mean)}</td>
                  <td>{all ? `${all.least}, ${all.most}` : '–'}</td>
                  <td>{usual === null ? '–' : showRate(usual)}</td>
                  <td>{state ?? (all ? 'not judged' : 'no data')}</td>
                  {marks.length > 0 && <td>{happened(marks, at, at + (after - first) * figure.stepSeconds)}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

/** What is marked within [from, to). */
function happened(marks: readonly PastMark[], from: number, to: number): string {
  return marks
    .filter(({ at }) => at >= from && at < to)
    .map(({ name, text }) => (text === name ? name : `${name}: ${text}`))
    .join('; ');
}
