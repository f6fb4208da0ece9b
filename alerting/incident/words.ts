/** A fall and an incident in words: the same sentence in mail, on the wall and in a terminal. */
import type { FellFacts } from '../../platform/topics/incidents.ts';
import { showClock } from '../../platform/units/clock-time.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { type KnownIncident, leadOf } from './incident.ts';

const NAME_CHARS_MAX = 80;
const SECONDS_A_YEAR = 31_557_600;

/**
 * A name as it may stand in any text: names come from YAML files and from the network, so line breaks, control characters
 * and marks that turn the direction of reading are left out, and its length is bounded.
 */
export function inert(name: string): string {
  const clean = name
    .replace(/[\p{Zl}\p{Zp}\t\r\n]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
  return clean.length > NAME_CHARS_MAX ? `${clean.slice(0, NAME_CHARS_MAX - 1)}…` : clean;
}

export function capitalised(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** `4 s`: from the first second of the fall to the one in which it was found. */
function fallTime({ from, at }: Pick<FellFacts, 'from' | 'at'>): string {
  return showDuration(Math.max(1, at - from) * 1000);
}

/** `118/s to 45/s` */
export function rateChange({ rateBefore, rateAfter }: Pick<FellFacts, 'rateBefore' | 'rateAfter'>): string {
  return `${showRate(rateBefore)} to ${showRate(rateAfter)}`;
}

/** `orders`, `orders (country de)`: what fell, where only a segment of it did. */
export function whatFell({ metric, by, segment }: Pick<FellFacts, 'metric' | 'by' | 'segment'>): string {
  return segment === undefined ? inert(metric) : `${inert(metric)} (${inert(by ?? 'segment')} ${inert(segment)})`;
}

/** `orders fell 62% in 4 s`; where no app speaks it cannot be known whether they are down, and is not pretended. */
export function fallSentence(
  fell: Pick<FellFacts, 'metric' | 'by' | 'segment' | 'from' | 'at' | 'drop' | 'rateAfter' | 'noneSpeaksSince'>,
  timezone: string,
): string {
  const metric = whatFell(fell);
  if (fell.noneSpeaksSince !== undefined) {
    const since = showClock(fell.noneSpeaksSince, timezone);
    return `${metric} ${showRate(fell.rateAfter)} and no app has spoken since ${since}: down, or cut off from Plummet`;
  }
  return `${metric} fell ${showShare(fell.drop)} in ${fallTime(fell)}`;
}

/** `[Sev-1] orders fell 62% in 4 s: 118/s to 45/s`: one for all messages about an incident, in plain spaces. */
export function subjectOf(incident: KnownIncident, timezone: string): string {
  const { fell } = leadOf(incident);
  const change = fell.noneSpeaksSince === undefined ? `: ${rateChange(fell)}` : '';
  return `[Sev-${incident.severity}] ${fallSentence(fell, timezone)}${change}`.replace(/[\u00a0\u202f]/g, ' ');
}

/**
 * How often a threshold is passed by chance, in words: the inverse of z = sqrt(2 ln(2 N)), N seconds to a false page.
 *
 * @param threshold  in sigmas, <= 0
 */
export function falsePagesAt(threshold: number): string {
  const aYear = (2 * SECONDS_A_YEAR) / Math.exp(threshold ** 2 / 2);
  if (aYear >= 1.5) return `about ${Math.round(aYear).toLocaleString('en-US')} false pages a year`;
  if (aYear > 0.7) return 'one false page a year';
  return `one false page in ${Math.round(1 / aYear).toLocaleString('en-US')} years`;
}

/** A producer's name as its owner gave it, without the random part that tells its runs apart. */
export function producerName(producer: string): string {
  return inert(producer.replace(/#[^#]*$/, ''));
}
