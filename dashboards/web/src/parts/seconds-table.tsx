/** The same five minutes as rows, for those who read better than they see. */
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import { timezone } from '../board/clock.ts';
import { type SeenMetric, WINDOW_SECONDS } from '../board/seen.ts';
import { showSum, signedSlope } from '../words/numbers.ts';
import { Dialog } from './dialog.tsx';

const ROW_SECONDS = 10;

export function SecondsTable({ metric, close }: { metric: SeenMetric; close: () => void }) {
  const { name, figure, track } = metric;
  const { newest } = track;
  const end = Math.floor((newest + 1) / ROW_SECONDS) * ROW_SECONDS;
  const rows = Array.from({ length: WINDOW_SECONDS / ROW_SECONDS }, (_, i) => end - i * ROW_SECONDS);
  return (
    <Dialog title={`${name}, the last five minutes`} close={close}>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Rate</th>
              <th scope="col">Least, most</th>
              <th scope="col">Usual</th>
              <th scope="col">Derivative</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((from) => {
              const first = from - track.from;
              const within = <T,>(list: readonly T[]): T[] => list.slice(Math.max(0, first), Math.max(0, first + ROW_SECONDS));
              const known = within(figure.raw).filter((n) => n !== null);
              const slopes = within(figure.derivative).filter((value) => value !== null);
              const usual = within(figure.usual).findLast((value) => value !== null) ?? null;
              const state = within(track.state).findLast((value) => value !== null) ?? null;
              const rate = known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0) / known.length;
              return (
                <tr key={from}>
                  <th scope="row">{showClock(from * 1000, timezone.value)}</th>
                  <td>{rate === null ? '–' : showRate(rate)}</td>
                  <td>{rate === null ? '–' : `${showSum(Math.min(...known))}, ${showSum(Math.max(...known))}`}</td>
                  <td>{usual === null ? '–' : showRate(usual)}</td>
                  <td>{slopes.length === 0 ? '–' : `${signedSlope(Math.min(...slopes))}\u202f%/s`}</td>
                  <td>{state ?? 'no data'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
