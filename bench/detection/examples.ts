/** Two seconds worth a picture: half of all lost, which pages, and the end of a sale, which does not. */
import { type FallScene, fallPicture } from '../../platform/charts/fall.ts';
import { linesPicture } from '../../platform/charts/lines.ts';
import { DAY, type Factor, HOUR, inSecond, lost, MONDAY, POISSON, sale, swinging } from './scenes.ts';
import { Lived } from './trial.ts';

const RATE = 100;
const AT = 9 * DAY + 14 * HOUR;
const factor: Factor = (time) => swinging(time) / swinging(AT);
const BEFORE_SECONDS = 900;
const SEED = 20;

/** @throws Error where the fall does not page: then the picture would tell a lie */
export function halfLost(): string {
  const lived = new Lived({ rate: RATE, factor, noise: POISSON, seed: SEED, at: AT });
  const detector = lived.detector();
  const onset = AT + BEFORE_SECONDS + 0.4;
  const what = lost(onset, 0.5);
  const counts: number[] = [];
  let scene: Omit<FallScene, 'counts'> | undefined;
  for (let second = AT; second < onset + 60; second++) {
    const n = lived.traffic.count(RATE * factor(second) * inSecond(what, second));
    counts.push(n);
    const { fall, hour, day } = detector.next({ second: MONDAY + second, n, share: 1 });
    if (!fall || scene) continue;
    scene = { ...fall, name: 'orders', start: MONDAY + AT, usual: fall.rateBefore, hour, day };
  }
  if (!scene) throw new Error('half of all lost did not page in the picture of docs/detection.md');
  return fallPicture({ ...scene, counts });
}

/** @throws Error where it pages */
export function endOfSale(): string {
  const lived = new Lived({ rate: RATE, factor, noise: POISSON, seed: SEED, at: AT });
  const detector = lived.detector();
  const what = sale({ start: AT + 300, times: 5, lasts: 2700, ends: 1 });
  const [rate, hour, day]: [number, number][][] = [[], [], []];
  for (let second = AT; second < AT + 3900; second++) {
    const found = detector.next({
      second: MONDAY + second,
      n: lived.traffic.count(RATE * factor(second) * inSecond(what, second)),
      share: 1,
    });
    if (found.isDown) throw new Error('the end of a sale paged in the picture of docs/detection.md');
    if (second % 15 !== 0) continue;
    const minute = (second - AT) / 60;
    rate?.push([minute, found.rate]);
    if (found.hour !== null) hour?.push([minute, found.hour]);
    if (found.day !== null) day?.push([minute, found.day]);
  }
  return linesPicture({
    title: 'The end of a sale: far below the last hour, but not below this time of day',
    x: { label: 'minutes' },
    y: { label: 'events a second' },
    series: [
      { name: 'rate', points: rate ?? [] },
      { name: 'last hour', points: hour ?? [], dashed: true },
      { name: 'this time of day', points: day ?? [], dashed: true },
    ],
    note: `A sale of five times as much for 45 minutes at ${RATE}/s ends within a second. Nobody is woken.`,
  });
}
