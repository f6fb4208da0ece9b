/** The minutes around an incident, with what happened to it marked in place. */

import { roundTop } from '../../../../platform/charts/axis.ts';
import { dispersionOf } from '../../../../platform/charts/band.ts';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import type { FallFacts, IncidentView } from '../../../live-frames.ts';
import { hello } from '../board/board.ts';
import { minuteClock, timezone } from '../board/clock.ts';
import type { Story } from '../board/incident-story.ts';
import { fallsOf } from '../picture/falls.ts';
import { type Figure, figureOf, heightNeeded } from '../picture/figure.ts';
import { type Mark, Picture } from '../picture/picture.tsx';
import { signedSlope } from '../words/numbers.ts';
import { Envelope, Octagon, Rising, TwoTicks } from './icons.tsx';

export function IncidentPicture({ story, name, size }: { story: Story; name: string; size: 'full' | 'beside' }) {
  const span = story.spans.get(name);
  const { incident } = story.answer;
  const part = incident.metrics.find((metric) => metric.name === name);
  if (!span || !part) return <p class="note">Its seconds are kept for three hours, and those are over.</p>;
  const falls = fallsOf(name, span, [incident]);
  const figure = figureOf(span, { falls, dispersion: dispersionOf(span) });
  const { from, to } = story;
  const scene = { figure, from, to, top: roundTop(heightNeeded(figure)), blindNow: false, dot: incident.resolvedAt === null, open: null };
  const info = hello.value?.metrics.find((metric) => metric.name === name);
  return (
    <Picture
      scene={scene}
      size="large"
      threshold={info?.derivativeThreshold ?? null}
      name={nameOf(name, part.fall)}
      {...(size === 'full' &&
        part.fall.segment === undefined && { slope: `${signedSlope(part.fall.derivative)}\u202f%/s at its steepest` })}
      clock={minuteClock.value}
      marks={marksOf(incident, part.fall.from, figure, size === 'full')}
      headroom={size === 'full'}
    />
  );
}

/** The picture in a sentence. */
function nameOf(name: string, { by = 'segment', segment, rateBefore, rateAfter, from }: FallFacts): string {
  const change = `fell from ${showRate(rateBefore)} to ${showRate(rateAfter)} at ${showClock(from * 1000, timezone.value)}.`;
  if (segment !== undefined) return `All of ${name}, while ${by} ${segment} ${change}`;
  return `${name} ${change}`;
}

/** The epoch second in which a metric of the incident was up again; null while it is not, or where nobody knows any more. */
export function backOf(story: Story, name: string): number | null {
  const span = story.spans.get(name);
  const fell = story.answer.incident.metrics.find((metric) => metric.name === name)?.fall.from;
  if (!span || fell === undefined) return null;
  return fallsOf(name, span, [story.answer.incident]).find(({ from }) => from === fell)?.to ?? null;
}

/** Left of the fall stands what came before, right of it what came after. */
function marksOf(incident: IncidentView, fell: number, { falls }: Figure, full: boolean): Mark[] {
  const back = falls.find(({ from }) => from === fell)?.to ?? null;
  if (!full) return [{ at: fell, tone: 'fell' }, ...(back === null ? [] : [{ at: back, tone: 'good' as const }])];
  const clock = (ms: number): string => showClock(ms, timezone.value);
  const { acknowledgedAt } = incident;
  const page = incident.reached.find(({ ok }) => ok);
  const marks: Mark[] = [{ at: fell, tone: 'fell', row: 1, shape: Octagon, left: `fell ${clock(fell * 1000)}` }];
  if (page) marks.push({ at: page.at / 1000, tone: 'plain', row: 0, shape: Envelope, right: `paged ${clock(page.at)}` });
  if (back !== null) marks.push({ at: back, tone: 'good', row: 1, shape: Rising, right: `recovered ${clock(back * 1000)}` });
  if (acknowledgedAt !== null) marks.push({ at: acknowledgedAt / 1000, tone: 'plain', row: 1, shape: TwoTicks, right: 'acknowledged' });
  return marks;
}
