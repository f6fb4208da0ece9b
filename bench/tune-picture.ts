/** Draws docs/pictures/tuning.svg: two weeks of a shop with deploys, sales and one real outage, as `plummet tune` sees them. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { daily, Traffic } from '../test/support/traffic.ts';
import { TWO_WEEKS_FROM, tuneTwoWeeks } from './tune.ts';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
const OUTAGE = 5 * DAY_SECONDS + 13 * HOUR_SECONDS;

const traffic = new Traffic(3, { dispersion: 1.3, wander: { sigma: 0.05, memorySeconds: 120 } });
const rate = daily(30, 0.5);

/** What happens to the usual rate. */
function times(at: number): number {
  if (at >= OUTAGE && at < OUTAGE + 240) return 0;
  const day = Math.floor(at / DAY_SECONDS);
  const ofDay = at % DAY_SECONDS;
  // A deploy at ten, in which a third to half is lost for some seconds.
  const deploy = 10 * HOUR_SECONDS + day * 60;
  if (ofDay >= deploy && ofDay < deploy + 4) return 0.3;
  // A sale on three evenings, which ends within a minute.
  const since = ofDay - 18 * HOUR_SECONDS;
  if (day % 4 === 2 && since >= 0 && since < 1860) return since < 1800 ? 2.5 : 2.5 - (1.5 * (since - 1800)) / 60;
  return 1;
}

const iso = (at: number): string => new Date((TWO_WEEKS_FROM + at) * 1000).toISOString();
const picture = fileURLToPath(new URL('../docs/pictures/tuning.svg', import.meta.url));
const real = `${iso(OUTAGE)}..${iso(OUTAGE + 300)}`;
tuneTwoWeeks((at) => traffic.count(rate(at) * times(at)), ['--real', real, '--picture', picture]);
rmSync(picture.replace(/svg$/, 'png'));
