/** What a peer says of a fall: whether the crowd is gone, or comes and gets no further. The same words in mail and on screen. */
import type { FellFacts, PeerFacts } from '../../platform/topics/incidents.ts';
import { showLoss } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { inert } from './words.ts';

/** Within this share of its usual rate a peer is as usual. */
const STEADY_SHARE = 0.15;
/** A peer that lost this part of what the metric lost fell with it. */
const TOGETHER = 0.5;

export interface PeerSaid {
  /** `visits −2%, orders −62%` */
  readonly change: string;
  /** `118/s, usual 120/s`; empty where nothing is known. */
  readonly rates: string;
  /** `visits as usual: people come, only orders fell` */
  readonly meaning: string;
}

export function peerSaid({ metric, kind, drop, rate, usual, state }: PeerFacts, fell: Pick<FellFacts, 'metric' | 'drop'>): PeerSaid {
  const [peer, own] = [inert(metric), inert(fell.metric)];
  const ownChange = `${own} ${showLoss(fell.drop)}`;
  if (drop === null || rate === null || usual === null) {
    const why = state === 'warming' ? 'it is too new to tell' : 'there is no data of it';
    return { change: `${peer} unknown, ${ownChange}`, rates: '', meaning: why };
  }
  const said = { change: `${peer} ${showLoss(drop)}, ${ownChange}`, rates: `${showRate(rate)}, usual ${showRate(usual)}` };
  const isCrowd = kind === 'read';
  if (drop < -STEADY_SHARE) return { ...said, meaning: `${peer} above usual: only ${own} fell` };
  if (drop < STEADY_SHARE) return { ...said, meaning: `${peer} as usual: ${isCrowd ? 'people come, ' : ''}only ${own} fell` };
  if (drop < TOGETHER * fell.drop) return { ...said, meaning: `${peer} fell too, but by far less` };
  return { ...said, meaning: `${peer} fell too: ${isCrowd ? `traffic is gone, not only ${own}` : `it is not ${own} alone`}` };
}
