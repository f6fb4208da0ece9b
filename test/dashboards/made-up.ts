/** Made-up metrics for the dashboard: what a detector would have said of them, second by second, the same each time. */
import type { MetricInfo } from '../../dashboards/live-frames.ts';
import type { FallFacts, OutlookFacts, Signal, SignalState } from '../../platform/topics/signals.ts';

export interface MadeUp {
  readonly info: MetricInfo;
  /** Events/s as usual. */
  readonly usual: number;
  /** What is left of it, by second; 1 where left out. */
  readonly left?: (second: number) => number;
  /** What the detector says; `normal` where left out. */
  readonly state?: (second: number) => SignalState;
  readonly progress?: (second: number) => number;
  readonly fall?: FallFacts;
  readonly outlook?: OutlookFacts;
  /** Variance over mean. */
  readonly noise?: number;
}

export function metric(name: string, more: Partial<MetricInfo> = {}): MetricInfo {
  const critical = more.critical ?? false;
  return {
    name,
    event: `${name}.happened`,
    kind: 'write',
    critical,
    rule: 'pages when 40% is gone within 13\u00a0s',
    derivativeThreshold: -3,
    ...more,
  };
}

export const seriesOfName = (name: string): string => `${name}~made0up`;

/** Of a second and a name: 0..1, always the same. */
function chance(seed: number): number {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
}

function seedOf(name: string, second: number): number {
  let seed = second;
  for (const character of name) seed = Math.imul(seed, 31) + character.charCodeAt(0);
  return seed;
}

export function countOf({ info, usual, left, noise = 1 }: MadeUp, second: number): number {
  const share = left?.(second) ?? 1;
  if (share === 0) return 0;
  const wander = 1 + 0.02 * Math.sin(second / 17) + 0.015 * Math.sin(second / 5.3 + usual);
  const mean = usual * share * wander;
  const seed = seedOf(info.name, second);
  if (mean < 20) return poisson(mean, seed);
  const normal = Math.sqrt(-2 * Math.log(1 - chance(seed))) * Math.cos(2 * Math.PI * chance(seed + 1));
  return Math.max(0, Math.round(mean + Math.sqrt(mean * noise) * normal));
}

function poisson(mean: number, seed: number): number {
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = chance(seed); product > limit; product *= chance(seed + 7919 * (n + 1))) n++;
  return n;
}

export function signalOf(made: MadeUp, second: number): Signal {
  const { info, usual } = made;
  const state = made.state?.(second) ?? 'normal';
  const series = seriesOfName(info.name);
  const blind = { series, state, rate: null, n: null, usual: null, derivative: null, steepness: null, drop: null };
  if (state === 'blind') return blind;
  const mean = (from: number, to: number): number => {
    let sum = 0;
    for (let at = from; at < to; at++) sum += countOf(made, at);
    return sum / (to - from);
  };
  const rate = mean(second - 3, second + 1);
  // What is rare is looked at for longer, as the detector does.
  const over = usual < 1 ? 150 : usual < 20 ? 40 : 8;
  const signal: Signal = {
    series,
    state,
    n: countOf(made, second),
    rate,
    usual: state === 'warming' ? null : usual,
    derivative:
      state === 'warming'
        ? null
        : (100 * (mean(second + 1 - over, second + 1) - mean(second + 1 - 2 * over, second + 1 - over))) / over / usual,
    steepness: state === 'dropped' ? -8.7 : -0.5,
    drop: state === 'dropped' ? Math.max(0, 1 - rate / usual) : 0,
  };
  const progressSeconds = made.progress?.(second);
  const fall = state === 'dropped' && made.fall ? { ...made.fall, missing: (second - made.fall.from) * usual * made.fall.drop } : undefined;
  const outlook = second % 60 === 0 && made.outlook;
  return { ...signal, ...(progressSeconds !== undefined && { progressSeconds }), ...(fall && { fall }), ...(outlook && { outlook }) };
}

/** Falls at `from` to `left` of usual within `seconds`; found 4 s after it began. */
export function fallAt(from: number, usual: number, left: number, derivative = -15.5): FallFacts {
  return {
    from,
    at: from + 4,
    rateBefore: usual,
    rateAfter: usual * left,
    drop: 1 - left,
    derivative,
    steepness: -8.7,
    threshold: -6,
    fallWindow: 4,
    missing: 4 * usual * (1 - left),
  };
}
