/** Two weeks that the demo's shop never had: from when to when, and what happened in them. */
import type { Scene } from '../../examples/shop/history.ts';

export interface Span {
  /** Seconds since the epoch. */
  readonly from: number;
  /** The first second after it. */
  readonly to: number;
}

export interface Happening extends Span {
  readonly id: string;
  /** Of its mark on the charts. */
  readonly kind: 'deploy' | 'sale' | 'outage';
  readonly text: string;
}

/** The span of the weeks, and what stands out in it. */
export interface Weeks extends Span {
  readonly events: readonly Happening[];
}

const DAY_SECONDS = 86_400;
const WEEKS_SECONDS = 14 * DAY_SECONDS;

/** Days before the last full one, and the seconds of the day (UTC). */
const PLOT: readonly (Pick<Happening, 'id' | 'kind' | 'text'> & { daysAgo: number; at: number; seconds: number })[] = [
  { id: 'rehearsed-sale-1', kind: 'sale', text: 'Flash sale', daysAgo: 11, at: 61_200, seconds: 1200 },
  { id: 'rehearsed-outage', kind: 'outage', text: 'The checkout was down', daysAgo: 8, at: 47_240, seconds: 185 },
  { id: 'rehearsed-deploy', kind: 'deploy', text: 'Deploy of the checkout', daysAgo: 4, at: 37_471, seconds: 2 },
  { id: 'rehearsed-sale-2', kind: 'sale', text: 'Flash sale', daysAgo: 2, at: 64_800, seconds: 900 },
];

const SALE_TIMES = 4;
const SALE_RISE_SECONDS = 5;

/** @param end  seconds since the epoch: from there on it is told otherwise */
export function weeksBefore(end: number): Weeks {
  const today = Math.floor(end / DAY_SECONDS) * DAY_SECONDS;
  const events = PLOT.map(({ daysAgo, at, seconds, ...event }) => {
    const from = today - daysAgo * DAY_SECONDS + at;
    return { ...event, from, to: from + seconds };
  });
  // Of whole minutes, because that is how busy the shop was is known by.
  return { from: Math.ceil((end - WEEKS_SECONDS) / 60) * 60, to: end, events };
}

export function outageOf({ events }: Weeks): Happening {
  return events.find(({ kind }) => kind === 'outage') as Happening;
}

/** What the events did to the orders. */
export function scenesOf({ events }: Weeks): Scene[] {
  return events.flatMap(({ kind, from, to }) => (kind === 'sale' ? sale(from, to) : [{ from, to, times: 0 }]));
}

/** It rises within seconds, as the one behind the button does, and is over in one. */
function sale(from: number, to: number): Scene[] {
  const rise = Array.from({ length: SALE_RISE_SECONDS }, (_, i) => {
    return { from: from + i, to: from + i + 1, times: 1 + ((SALE_TIMES - 1) * i) / SALE_RISE_SECONDS };
  });
  return [...rise, { from: from + SALE_RISE_SECONDS, to, times: SALE_TIMES }];
}
