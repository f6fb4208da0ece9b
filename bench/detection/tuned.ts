/** The same fall, tried as `plummet tune` tries it in a recorded history, and as the judgement of the detector tries it. */
import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { delaysOf, waitSeconds } from '../../detectors/tuning/falls.ts';
import { Recording } from '../../detectors/tuning/history.ts';
import { type Interval, meanInterval } from '../../detectors/tuning/interval.ts';
import { type HourShape, momentsOf } from '../../detectors/tuning/moments.ts';
import { Panel } from '../../detectors/tuning/panel.ts';
import { Scout } from '../../detectors/tuning/scout.ts';
import { prng } from '../../test/support/prng.ts';
import { Traffic } from '../../test/support/traffic.ts';
import { fallsOf } from './falls.ts';

const MIDNIGHT = 1_793_577_600;
const DAY_SECONDS = 86_400;
const SEED = 26;

/** Mean delay with its 99 % interval, of a history of steady Poisson traffic. */
export function tunedAt(rate: number, lost: number, { moments: most, hours }: { moments: number; hours: number }): Interval {
  const traffic = new Traffic(SEED);
  const recording = new Recording();
  for (let at = 0; at < hours * 3600; at++) recording.add(MIDNIGHT + at, traffic.count(rate));
  const history = recording.end();
  const hour: HourShape = { starts: 4 * 3600, rate };
  const moments = momentsOf(history, { hours: { quiet: hour, busy: hour }, most: most / 2, from: DAY_SECONDS }, prng(SEED));
  const scout = new Scout(history, { pageWhen: PAGE_WHEN_DEFAULT }, moments);
  while (!scout.isOver) scout.next();
  const panel = new Panel([PAGE_WHEN_DEFAULT]);
  const wait = waitSeconds(rate, lost);
  const delays = scout
    .end(() => wait)
    .flatMap((saved, i) => {
      const moment = moments[i];
      return saved && moment ? delaysOf(history, panel, { moment, saved, lost, wait }, prng(i)) : [];
    });
  return meanInterval(delays.filter((delay) => !Number.isNaN(delay)));
}

/** The same rate, judged as part B is. */
export function triedAt(rate: number, lost: number, { tries, secondsDays }: { tries: number; secondsDays: number }): Interval {
  const seen = fallsOf({ rate, share: lost, factor: () => 1, secondsDays }, tries, SEED);
  return meanInterval(seen.is === 'delays' ? seen.delays : []);
}
