/** A metric on the wall: its name and state, its rate beside what is usual, its last five minutes. */
import { useState } from 'preact/hooks';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showDuration } from '../../../../platform/units/duration.ts';
import { showRate } from '../../../../platform/units/rate.ts';
import { hello, link, newest, openBeat, time } from '../board/board.ts';
import { minuteClock, timezone } from '../board/clock.ts';
import { openPoint, type SeenMetric, wakes } from '../board/seen.ts';
import type { Size } from '../picture/chart.ts';
import { type Mark, Picture } from '../picture/picture.tsx';
import { rateDigits, signedSlope } from '../words/numbers.ts';
import { Bell, FaceIcon, Table, Unplugged } from './icons.tsx';
import { Said } from './said.tsx';
import { SecondsTable } from './seconds-table.tsx';

export function Tile({ metric, size }: { metric: SeenMetric; size: Size }) {
  const [table, setTable] = useState(false);
  const { name, look, rate } = metric;
  const stale = link.value === 'lost' || link.value === 'stalled';
  const large = size === 'large';
  return (
    <article class={`tile ${size} ${look.face}${stale ? ' stale' : ''}`} aria-label={name}>
      <header>
        <h2>{name}</h2>
        {wakes(metric) && (
          <span class="bell" title={`Can wake a person: ${metric.rule}`}>
            <Bell size={large ? 15 : 13} />
          </span>
        )}
        <button type="button" class="table-button" aria-label={`${name} as a table`} title="As a table" onClick={() => setTable(true)}>
          <Table size={15} />
        </button>
        <StateWord metric={metric} stale={stale} large={large} />
      </header>
      <div class="numbers">
        <p class="rate" style={{ minWidth: `${widthOf(rate)}em` }}>
          {look.face === 'blind' ? <span class="dash" role="img" aria-label="unknown" /> : <Rate rate={rate} />}
        </p>
        {large ? (
          <div class="facts">
            {look.facts.map((fact, i) => (
              <p key={i}>
                <Said text={strongNumbers(fact)} />
              </p>
            ))}
          </div>
        ) : (
          <p class="short">{look.short}</p>
        )}
      </div>
      <TilePicture metric={metric} size={size} />
      {table && <SecondsTable metric={metric} close={() => setTable(false)} />}
    </article>
  );
}

function Rate({ rate }: { rate: number | null }) {
  if (rate === null) return <span class="unknown">&nbsp;</span>;
  return (
    <>
      {rateDigits(rate)}
      <small>/s</small>
    </>
  );
}

/** As wide (em) as the widest number of so many digits with its unit, so that nothing beside it moves when it changes. */
function widthOf(rate: number | null): number {
  if (rate === null) return 0;
  const text = rateDigits(rate);
  const digits = text.replace(/[.,]/g, '').length;
  return digits * 0.585 + (text.length - digits) * 0.25 + 0.4;
}

function StateWord({ metric, stale, large }: { metric: SeenMetric; stale: boolean; large: boolean }) {
  const { face, word } = metric.look;
  if (stale && newest.value) {
    return (
      <p class="state">
        <Unplugged size={large ? 17 : 14} />
        As of {showClock(newest.value.second * 1000, timezone.value)}
      </p>
    );
  }
  return (
    <p class={`state ${face}`}>
      <FaceIcon face={face} size={large ? 18 : 14} />
      {word}
    </p>
  );
}

function TilePicture({ metric, size }: { metric: SeenMetric; size: Size }) {
  // Counts of the open second come more often than decisions; only large tiles show them.
  if (size === 'large') openBeat.value;
  const { scene, look, track, derivativeThreshold } = metric;
  const fresh = scene.open === null ? scene : { ...scene, open: openPoint(track, scene.to) };
  const judged = look.face !== 'warming' && look.face !== 'slow' && look.face !== 'waiting';
  return (
    <Picture
      scene={fresh}
      size={size}
      threshold={judged ? derivativeThreshold : null}
      name={pictureName(metric)}
      {...(size === 'large' && { slope: slopeText(metric) })}
      clock={size === 'large' ? minuteClock.value : null}
      marks={size === 'large' ? marksOf(metric) : []}
    />
  );
}

function slopeText({ look, figure, track }: SeenMetric): string {
  if (link.value === 'lost' && newest.value)
    return `${showDuration(Math.max(1000, Math.floor(time.now() / 1000 - newest.value.second - 1) * 1000))} old`;
  if (look.face === 'blind') return 'unknown';
  const fall = figure.falls.at(-1);
  if (fall?.to === null) {
    const since = figure.derivative.filter((value, i): value is number => value !== null && (figure.x[i] as number) > fall.from);
    const steepest = Math.min(fall.derivative ?? 0, ...since);
    return `${signedSlope(steepest)}\u202f%/s at its steepest`;
  }
  const { derivative } = track.latest ?? {};
  return derivative == null ? 'not known yet' : `${signedSlope(derivative)}\u00a0% of usual per second`;
}

/** A label to the right of a mark takes so much of the axis. */
const LABEL_SECONDS = 75;

function marksOf({ figure, scene, look }: SeenMetric): Mark[] {
  const marks: Mark[] = figure.falls.map(({ from }) => ({
    at: from,
    tone: 'fell',
    right: `fell ${showClock(from * 1000, timezone.value)}`,
  }));
  const gap = figure.gaps.at(-1);
  if (gap && look.face === 'blind' && scene.blindNow) {
    marks.push({ at: gap.from, tone: 'gap', left: look.word.replace(/^Blind for /, '') });
  }
  const startedAt = hello.value?.demo?.startedAt;
  if (startedAt !== undefined) {
    const at = startedAt / 1000;
    const crowded = marks.some((mark) => Math.abs(mark.at - at) < 90);
    const room = time.now() / 1000 - at > LABEL_SECONDS;
    const labels = { left: 'rehearsed', ...(room && { right: 'you started here' }) };
    marks.push({ at, tone: 'plain', dotted: true, ...(!crowded && labels) });
  }
  return marks;
}

/** The picture in a sentence. */
function pictureName({ name, look, rate, figure, scene }: SeenMetric): string {
  const shown = figure.raw.filter((n, i): n is number => n !== null && (figure.x[i] as number) > scene.from);
  const now = rate === null ? 'rate unknown' : `${showRate(rate)} now`;
  const range =
    shown.length > 0 ? ` Between ${Math.min(...shown)} and ${Math.max(...shown)} events a second in the last five minutes.` : '';
  const gaps = figure.gaps.length > 0 ? ' There are gaps without data.' : '';
  return `${name}: ${look.word}, ${now}, ${look.facts.join(', ')}.${range}${gaps}`;
}

/** In "usual 118/s" the number is what is read. */
function strongNumbers(fact: string): string {
  return fact.replace(/^(usual|last) (\S+)/, '$1 **$2**').replace(/^about (\S+)/, 'about **$1**');
}
