/** One metric: its name, rule and state, and its past over as long as is chosen. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { showClock, showZone } from '../../../../platform/units/clock-time.ts';
import { perSecond, showRate } from '../../../../platform/units/rate.ts';
import type { ThresholdView } from '../../../live-frames.ts';
import { beat, hello, incidents, link, time, tracks } from '../board/board.ts';
import { timezone } from '../board/clock.ts';
import { metricPath, search } from '../board/route.ts';
import { type SeenMetric, seenMetric, wakes } from '../board/seen.ts';
import { Header } from '../parts/header.tsx';
import { Bell, Table } from '../parts/icons.tsx';
import { LostBar } from '../parts/lost-bar.tsx';
import { PastList } from '../parts/past-list.tsx';
import { PastPicture } from '../parts/past-picture.tsx';
import { PastTable } from '../parts/past-table.tsx';
import { StateWord } from '../parts/tile.tsx';
import { showFavicon } from '../parts/window-title.ts';
import { pastFigure } from '../past/figure.ts';
import { pastMarks, rehearsedIn } from '../past/marks.ts';
import { type Asked, usePast } from '../past/past.ts';
import { CHOICES, type Choice, choiceIn } from '../past/spans.ts';
import { stepWords } from '../past/words.ts';
import { momentText } from '../past/zoned.ts';

const STATE_PX = 18;

export function MetricPage({ name }: { name: string }) {
  const track = tracks.get(name);
  const seen = useMemo(() => (track ? seenMetric(track) : null), [track, beat.value, incidents.value, link.value, hello.value]);
  const choice = choiceIn(search.value);
  const down = seen?.look.face === 'dropped';
  useEffect(() => {
    document.title = `${name} · Plummet`;
    showFavicon(down);
  }, [name, down]);
  return (
    <>
      <Header page="metric" />
      <main class="metric">
        <nav class="crumbs" aria-label="Where you are">
          <a href="/">Wall</a>
          <span aria-hidden="true">›</span>
          <span>{name}</span>
        </nav>
        <div class="metric-title">
          <h1>{name}</h1>
          {seen && <Now metric={seen} />}
          <Spans name={name} chosen={choice} />
        </div>
        <PastPanel name={name} choice={choice} metric={seen} />
        <LostBar />
      </main>
    </>
  );
}

function Now({ metric }: { metric: SeenMetric }) {
  const stale = link.value === 'lost' || link.value === 'stalled';
  return (
    <>
      <StateWord metric={metric} stale={stale} iconPx={STATE_PX} />
      <span class="tag">
        {wakes(metric) && <Bell size={14} />}
        {metric.rule}
      </span>
      {metric.threshold && wakes(metric) && (
        <span class="tag" title={metric.threshold.text}>
          {shortly(metric.threshold)}
        </span>
      )}
      <code class="tag">{metric.event}</code>
    </>
  );
}

/** `sure at −7.2 σ, by its history` */
function shortly({ text, from }: ThresholdView): string {
  return `${/^[^:,]+/.exec(text)?.[0] ?? text}${from === 'history' ? ', by its history' : ''}`;
}

function Spans({ name, chosen }: { name: string; chosen: Choice }) {
  return (
    <nav class="spans" aria-label="How much of the past">
      {CHOICES.map(({ key, label }) => (
        <a key={key} href={`${metricPath(name)}?span=${key}`} {...(key === chosen.key && { 'aria-current': 'true' as const })}>
          {label}
        </a>
      ))}
    </nav>
  );
}

function PastPanel({ name, choice, metric }: { name: string; choice: Choice; metric: SeenMetric | null }) {
  const [width, setWidth] = useState(0);
  const [table, setTable] = useState(false);
  const asked = usePast(name, choice, width);
  const { past } = asked;
  const window = useMemo(() => windowOf(asked, choice), [past, choice]);
  const figure = useMemo(() => (past ? pastFigure(past.answer, past, { name, incidents: past.incidents }) : null), [past]);
  const marks = past ? pastMarks(name, { ...past, planned: metric?.planned ?? [] }, window) : [];
  const rehearsed = past ? rehearsedIn(past, window) : [];
  if (!past && !metric && asked.failed) return <Failed asked={asked} />;
  return (
    <>
      <section
        class={`panel picture-panel past-panel${link.value === 'lost' ? ' stale' : ''}`}
        aria-label={`${name} in the last ${choice.words}`}
      >
        <div class="past-head">
          <h2>
            Rate{' '}
            <small>
              {perSecond(metric?.value)}
              {figure && `, ${figure.stepSeconds === 1 ? '' : 'mean and range of '}${stepWords(figure.stepSeconds)}`},{' '}
              {showZone(window.to * 1000, timezone.value)}
            </small>
          </h2>
          {metric && <NowAndUsual metric={metric} />}
          <button type="button" class="button" disabled={!figure} onClick={() => setTable(true)}>
            <Table size={15} />
            Table
          </button>
        </div>
        <PastPicture {...{ name, choice, figure, marks, rehearsed, window, width }} onWidth={setWidth} />
        <Failed asked={asked} />
        {metric?.threshold?.from === 'history' && <p class="note">It is {metric.threshold.text}.</p>}
        {past?.missing.map((line) => (
          <p key={line} class="note" role="status">
            {line}
          </p>
        ))}
        {rehearsed.map(({ from, to, text }) => (
          <p key={from} class="note">
            {text}, from {momentText(from, 60, timezone.value)} to {momentText(to, 60, timezone.value)}.
          </p>
        ))}
      </section>
      <PastList marks={marks} rehearsed={rehearsed} />
      {table && figure && <PastTable name={name} figure={figure} marks={marks} choice={choice} close={() => setTable(false)} />}
    </>
  );
}

function windowOf({ past }: Asked, { seconds }: Choice): { from: number; to: number } {
  if (past) return { from: past.from, to: past.to };
  const to = Math.floor(time.now() / 1000);
  return { from: to - seconds, to };
}

function NowAndUsual({ metric: { rate, track } }: { metric: SeenMetric }) {
  const usual = track.latest?.usual ?? null;
  return (
    <p class="past-now">
      now <b>{rate === null ? '–' : showRate(rate)}</b>
      {usual !== null && `, usual ${showRate(usual)}`}
    </p>
  );
}

/** In place of what failed, what is known of it. */
function Failed({ asked: { past, failed, slow } }: { asked: Asked }) {
  if (failed === null) return slow ? <p class="note">Loading the past</p> : null;
  return (
    <p class="note" role="alert">
      {past && `This is as of ${showClock(past.to * 1000, timezone.value)}. `}
      {failed}
    </p>
  );
}
