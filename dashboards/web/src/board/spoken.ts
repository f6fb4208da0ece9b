/** The sentence of this moment; the watch and the countdowns go on between two decisions. */
import { showDuration } from '../../../../platform/units/duration.ts';
import { tookSince } from '../demo/took.ts';
import { type Sentence, sentenceOf } from '../words/sentence.ts';
import { heardAt, incidents, link, time } from './board.ts';
import { seconds, timezone } from './clock.ts';
import type { SeenMetric } from './seen.ts';

/** No event of a watched type was ever seen here. */
export function isQuiet(metrics: readonly SeenMetric[]): boolean {
  const unknown = ({ look }: SeenMetric): boolean => look.face === 'waiting' || look.face === 'warming';
  return metrics.every((metric) => unknown(metric) && metric.figure.raw.every((n) => !n));
}

/** @param arriving  event types that come and are watched by nobody */
export function spokenOf(metrics: readonly SeenMetric[], arriving: number): Sentence {
  seconds.value;
  const situation = {
    ...{ metrics, arriving, quiet: isQuiet(metrics), incidents: incidents.value, link: link.value, now: time.now() },
    ...{ heardAt: heardAt.value, timezone: timezone.value },
  };
  const sentence = sentenceOf(situation);
  const took = sentence.mood === 'normal' ? tookSince() : null;
  if (!took) return sentence;
  const count = `${took.total.toLocaleString('en-US')}\u00a0${took.name}`;
  const shop = `The demo shop beside this page took **${count}** in ${showDuration(Math.round(took.ms / 1000) * 1000)}.`;
  return { ...sentence, side: [shop, 'Break it: this is what it is for.'] };
}
