/** Falls from a lived state, one after another: the shape that most rows of the judgement share. */
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { informationOf } from '../../detectors/steep-drop/time-to-sure.ts';
import type { Noise } from '../../test/support/traffic.ts';
import { paging, type Rule, steepness } from './rule.ts';
import type { Seen } from './scenario.ts';
import { DAY, type Factor, HOUR, lost, POISSON, swinging } from './scenes.ts';
import { delayOf, Lived, pagesOf } from './trial.ts';

/** ln of one decision a second for a year: what one false page a year asks for. */
export const NATS_A_YEAR: number = Math.log(365.25 * DAY);

/** Lorden's bound for a Poisson rate that loses this share, s. */
export const floorOf = (rate: number, share: number): number => NATS_A_YEAR / (rate * informationOf(share));

export interface Fallen {
  readonly rate: number;
  readonly share: number;
  readonly noise?: Noise;
  /** Default: a day that swings by 60 %, the rate being that of the moment of the fall. */
  readonly factor?: Factor;
  /** Steepness alone at this threshold, > 0; left out: the whole rule. */
  readonly sigmas?: number;
  readonly pageWhen?: PageWhen;
  /** What happens from the onset on; default: the share is lost at once. */
  readonly scene?: (onset: number, random: () => number) => Factor;
  readonly secondsDays?: number;
  readonly limitSeconds?: number;
  /** Between the saved state and the onset. */
  readonly quietSeconds?: number;
  /** Another rule than ours, new for each trial; what it says before the onset is not counted. */
  readonly peer?: () => Rule;
}

export function livedAt({ rate, noise = POISSON, factor = swinging, pageWhen, secondsDays }: Omit<Fallen, 'share'>, seed: number): Lived {
  const at = 9 * DAY + Math.floor(((seed * 0.618_034) % 1) * 5 * DAY);
  const life = { factor: (time: number): number => factor(time) / factor(at), rate, noise, seed, at };
  return new Lived({ ...life, ...(pageWhen && { pageWhen }), ...(secondsDays && { secondsDays }) });
}

const QUIET_SECONDS = 600;

export function fallsOf(fallen: Fallen, trials: number, seed: number): Seen {
  const { rate, share, scene, quietSeconds = QUIET_SECONDS } = fallen;
  const { limitSeconds = Math.min(HOUR, 120 + 20 * floorOf(rate, share)) } = fallen;
  const lived = livedAt(fallen, seed);
  const { at } = lived.life;
  const delays: number[] = [];
  let [missed, early] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const rule = ruleOf(lived, fallen);
    const onset = at + quietSeconds + lived.traffic.random();
    const what = scene ? scene(onset, lived.traffic.random) : lost(onset, share);
    const begins = Math.floor(onset);
    const before = pagesOf(rule.quiet, lived, { what, from: at, until: begins, onset });
    if (before.length > 0 && !fallen.peer) {
      early++;
      continue;
    }
    const pages = pagesOf(rule.asked, lived, { what, from: begins, until: at + quietSeconds + limitSeconds, onset });
    const delay = delayOf(pages, onset);
    if (delay === 'missed') missed++;
    else if (delay === 'early') early++;
    else delays.push(delay);
  }
  return { is: 'delays', delays, missed, early };
}

/** What is fed before the onset, and what is asked after it: one detector, where steepness alone is asked. */
function ruleOf(lived: Lived, { peer, sigmas }: Fallen): { quiet: Rule; asked: Rule } {
  if (peer) {
    const rule = peer();
    return { quiet: rule, asked: rule };
  }
  const detector = lived.detector();
  const quiet = paging(detector);
  return { quiet, asked: sigmas === undefined ? quiet : steepness(detector, sigmas) };
}
