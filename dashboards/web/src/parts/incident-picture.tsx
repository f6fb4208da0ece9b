/** The minutes around an incident, with what happened to it marked in place. */
import type { IncidentView } from '../../../live-frames.ts';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import { hello } from '../board/board.ts';
import { minuteClock, timezone } from '../board/clock.ts';
import type { Story } from '../board/incident-story.ts';
import { roundTop } from '../picture/axis.ts';
import { dispersionOf } from '../picture/band.ts';
import { fallsOf } from '../picture/falls.ts';
import { type Figure, figureOf, heightNeeded } from '../picture/figure.ts';
import { type Mark, Picture } from '../picture/picture.tsx';
import { signedSlope } from '../words/numbers.ts';

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
      name={`${name} fell from ${showRate(part.fall.rateBefore)} to ${showRate(part.fall.rateAfter)} at ${showClock(part.fall.from * 1000, timezone.value)}.`}
      {...(size === 'full' && { slope: `${signedSlope(part.fall.derivative)}\u202f%/s at its steepest` })}
      clock={minuteClock.value}
      marks={marksOf(incident, part.fall.from, figure, size === 'full')}
    />
  );
}

/** Left of the fall stands what came before, right of it what came after; labels that would touch are left out. */
function marksOf(incident: IncidentView, fell: number, { falls }: Figure, labelled: boolean): Mark[] {
  const clock = (ms: number): string => showClock(ms, timezone.value);
  const marks: Mark[] = [{ at: fell, tone: 'fell', ...(labelled && { left: `fell ${clock(fell * 1000)}` }) }];
  const page = incident.reached.find(({ ok }) => ok);
  if (labelled && page) marks.push({ at: page.at / 1000, tone: 'plain', right: `paged ${clock(page.at)}` });
  if (labelled && incident.acknowledgedAt !== null) marks.push({ at: incident.acknowledgedAt / 1000, tone: 'plain', right: 'acknowledged' });
  const back = falls.find(({ from }) => from === fell)?.to;
  if (back != null) marks.push({ at: back, tone: 'good', ...(labelled && { right: `recovered ${clock(back * 1000)}` }) });
  return marks;
}
