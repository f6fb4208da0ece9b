/** What a metric's peers did in the second in which its fall was decided on: told with the fall, never judged and never waited for. */
import type { PeerFacts } from '../../platform/topics/incidents.ts';
import type { Signal, SignalState } from '../../platform/topics/signals.ts';
import type { WatchedMetric } from './severity.ts';

/** Of each peer so many of its newest seconds are kept: twins tell of seconds a little apart. */
const KEPT_SECONDS = 4;
/** What was said longer ago says nothing of now. */
const OLD_SECONDS = 10;

interface Said {
  readonly second: number;
  readonly state: SignalState;
  readonly rate: number | null;
  readonly usual: number | null;
}

const isUnknown = (state: SignalState): boolean => state === 'blind' || state === 'warming';

/** The newest signals of metrics that are peers of others. Both twins read the same log, so they tell the same. */
export class PeerSeconds {
  readonly #said = new Map<string, Said[]>();
  #metrics = new Map<string, WatchedMetric>();

  watch(metrics: readonly WatchedMetric[]): void {
    this.#metrics = new Map(metrics.map((metric) => [metric.name, metric]));
    const wanted = new Set(metrics.flatMap(({ peers = [] }) => peers.map((name) => this.#metrics.get(name)?.series)));
    for (const series of this.#said.keys()) if (!wanted.has(series)) this.#said.delete(series);
    for (const series of wanted) if (series !== undefined && !this.#said.has(series)) this.#said.set(series, []);
  }

  /** The first signal of a second that says anything counts, as for falls. */
  take(second: number, { series, state, rate, usual }: Pick<Signal, 'series' | 'state' | 'rate' | 'usual'>): void {
    const said = this.#said.get(series);
    if (!said) return;
    const known = said.findIndex((other) => other.second === second);
    if (known >= 0 && (!isUnknown((said[known] as Said).state) || isUnknown(state))) return;
    if (known >= 0) said.splice(known, 1);
    said.push({ second, state, rate, usual });
    said.sort((a, b) => a.second - b.second);
    if (said.length > KEPT_SECONDS) said.shift();
  }

  /** Of the peers that are watched, in the order of the YAML. */
  of({ peers = [] }: WatchedMetric, second: number): PeerFacts[] {
    return peers.flatMap((name) => {
      const peer = this.#metrics.get(name);
      if (!peer) return [];
      const newest = this.#said.get(peer.series)?.findLast((said) => said.second <= second && second - said.second <= OLD_SECONDS);
      return [factsOf(peer, newest)];
    });
  }
}

function factsOf({ name, kind }: WatchedMetric, said: Said | undefined): PeerFacts {
  const unknown = { metric: name, kind, state: said?.state ?? 'blind', drop: null, rate: null, usual: null };
  if (!said || isUnknown(said.state) || said.rate === null || !said.usual) return unknown;
  return { metric: name, kind, state: said.state, drop: 1 - said.rate / said.usual, rate: said.rate, usual: said.usual };
}
