/** A metric on the wall: its name and state, its rate beside what is usual, its last five minutes. */
import { useState } from 'preact/hooks';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { showDuration } from '../../../../platform/units/duration.ts';
import { perSecond, showRate } from '../../../../platform/units/rate.ts';
import { hello, incidents, link, newest, openBeat, time } from '../board/board.ts';
import { minuteClock, timezone } from '../board/clock.ts';
import { metricPath } from '../board/route.ts';
import { openPoint, type SeenMetric, wakes } from '../board/seen.ts';
import { type Mark, Picture } from '../picture/picture.tsx';
import { kioskUnit, type Size } from '../picture/size.ts';
import { rateDigits, showSum, signedSlope } from '../words/numbers.ts';
import { Bell, FaceIcon, Table, Unplugged } from './icons.tsx';
import { Said } from './said.tsx';
import { SecondsTable } from './seconds-table.tsx';

interface TileProps {
  readonly metric: SeenMetric;
  readonly size: Size;
  /** Columns of its grid that it takes. */
  readonly span?: number;
  /** Whether there is room for the minutes below the picture. */
  readonly minutes?: boolean;
}

export function Tile({ metric, size, span = 1, minutes = size !== 'small' }: TileProps) {
  const [table, setTable] = useState(false);
  const { name, look, rate } = metric;
  const stale = link.value === 'lost' || link.value === 'stalled';
  const large = size === 'large';
  return (
    <article class={classOf(metric, size, stale)} aria-label={name} {...(span > 1 && { style: { gridColumn: `span ${span}` } })}>
      <header>
        <h2 title={name}>{size === 'kiosk' ? name : <a href={metricPath(name)}>{name}</a>}</h2>
        {size !== 'kiosk' && wakes(metric) && (
          <span class="bell" title={`Can wake a person: ${metric.rule}${metric.threshold ? `, ${metric.threshold.text}` : ''}`}>
            <Bell size={large ? 15 : 13} />
          </span>
        )}
        {size !== 'kiosk' && (
          <button type="button" class="table-button" aria-label={`${name} as a table`} title="As a table" onClick={() => setTable(true)}>
            <Table size={15} />
          </button>
        )}
        <StateWord metric={metric} stale={stale} iconPx={ICON_PX[size] * (size === 'kiosk' ? kioskUnit() : 1)} />
      </header>
      <div class="numbers">
        <p class="rate" style={{ minWidth: `${widthOf(rate)}em` }}>
          {look.face === 'blind' ? <span class="dash" role="img" aria-label="unknown" /> : <Rate rate={rate} />}
        </p>
        {large ? (
          <div class="facts">
            {look.facts.map((fact, i) => (
              <p key={i} {...(isPlanned(fact) && { class: 'planned' })}>
                <Said text={strongNumbers(fact)} />
              </p>
            ))}
          </div>
        ) : (
          <p class="short">{size === 'kiosk' ? <Said text={strongNumbers(factFromAfar(look))} /> : look.short}</p>
        )}
      </div>
      <TilePicture metric={metric} size={size} minutes={minutes} />
      {table && <SecondsTable metric={metric} close={() => setTable(false)} />}
    </article>
  );
}

const ICON_PX: Readonly<Record<Size, number>> = { large: 18, small: 14, kiosk: 34 };

/** So many figures are too many at full size. */
const WIDE_CHARS = 7;

function classOf({ look, rate, track }: SeenMetric, size: Size, stale: boolean): string {
  const wide = Math.max(...[rate, track.latest?.usual].map((one) => (one == null ? 0 : rateDigits(one).length))) >= WIDE_CHARS;
  return ['tile', size, look.face, stale && 'stale', wide && 'wide'].filter(Boolean).join(' ');
}

/** One line says most: what is missing or how far it has come, else what is usual. */
function factFromAfar({ face, facts }: SeenMetric['look']): string {
  const second = face === 'dropped' || face === 'acknowledged' || face === 'recovering' || isPlanned(facts[1]);
  return (second ? facts[1] : undefined) ?? facts[0] ?? '';
}

/** Then that is what a reader must know: what is usual says less. */
function isPlanned(fact: string | undefined): boolean {
  return fact?.startsWith('planned: ') ?? false;
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

export function StateWord({ metric, stale, iconPx }: { metric: SeenMetric; stale: boolean; iconPx: number }) {
  const { face, word } = metric.look;
  if (stale && newest.value) {
    return (
      <p class="state">
        <Unplugged size={iconPx} />
        As of {showClock(newest.value.second * 1000, timezone.value)}
      </p>
    );
  }
  return (
    <p class={`state ${face}`}>
      <FaceIcon face={face} size={iconPx} />
      {word}
    </p>
  );
}

function TilePicture({ metric, size, minutes }: { metric: SeenMetric; size: Size; minutes: boolean }) {
  // Counts of the open second come more often than decisions; only large tiles show them.
  if (size !== 'small') openBeat.value;
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
      clock={minutes ? minuteClock.value : null}
      marks={size === 'small' ? [] : marksOf(metric, size)}
    />
  );
}

function slopeText({ name, look, figure, track }: SeenMetric): string {
  if (link.value === 'lost' && newest.value)
    return `${showDuration(Math.max(1000, Math.floor(time.now() / 1000 - newest.value.second - 1) * 1000))} old`;
  if (look.face === 'blind') return 'unknown';
  const fall = figure.falls.at(-1);
  if (fall?.to === null && !fellInPart(name)) {
    const since = figure.derivative.filter((value, i): value is number => value !== null && (figure.x[i] as number) > fall.from);
    const steepest = Math.min(fall.derivative ?? 0, ...since);
    return `${signedSlope(steepest)}\u202f%/s at its steepest`;
  }
  const { derivative } = track.latest ?? {};
  return derivative == null ? 'not known yet' : `${signedSlope(derivative)}\u00a0% of usual per second`;
}

/** Then the picture is of the whole, and no derivative of the segment is its. */
function fellInPart(name: string): boolean {
  return incidents.value.incidents.some(
    ({ is, metrics }) => is !== 'resolved' && metrics.some((one) => one.name === name && one.fall.segment !== undefined && !one.recovered),
  );
}

/** A label to the right of a mark takes so much of the axis. */
const LABEL_SECONDS = 75;
const GAP_LABEL_SECONDS = 30;

function marksOf({ figure, scene, look }: SeenMetric, size: Size): Mark[] {
  const marks: Mark[] = figure.falls.map(({ from }) => ({
    at: from,
    tone: 'fell',
    ...(size === 'large' && { right: `fell ${showClock(from * 1000, timezone.value)}` }),
  }));
  const gap = figure.gaps.at(-1);
  if (gap && look.face === 'blind' && scene.blindNow) {
    // The state's word says it, too.
    const isCrowded = figure.falls.some(({ from }) => gap.from - from < LABEL_SECONDS + GAP_LABEL_SECONDS);
    marks.push({ at: gap.from, tone: 'gap', ...(!isCrowded && { left: look.word.replace(/^Blind for /, '') }) });
  }
  const startedAt = hello.value?.demo?.startedAt;
  if (startedAt !== undefined) {
    const at = startedAt / 1000;
    const crowded = marks.some((mark) => Math.abs(mark.at - at) < 90);
    const room = time.now() / 1000 - at > LABEL_SECONDS;
    const labels = { left: 'rehearsed', ...(room && { right: 'you started here' }) };
    // Beneath the others: a fall's name may stand across it.
    marks.unshift({ at, tone: 'plain', dotted: true, ...(!crowded && size === 'large' && labels) });
  }
  return marks;
}

/** The picture in a sentence. */
function pictureName({ name, look, rate, figure, scene, value }: SeenMetric): string {
  const shown = figure.raw.filter((n, i): n is number => n !== null && (figure.x[i] as number) > scene.from);
  const now = rate === null ? 'rate unknown' : `${showRate(rate)} now`;
  const range =
    shown.length > 0
      ? ` Between ${showSum(Math.min(...shown))} and ${showSum(Math.max(...shown))} ${perSecond(value)} in the last five minutes.`
      : '';
  const gaps = figure.gaps.length > 0 ? ' There are gaps without data.' : '';
  return `${name}: ${look.word}, ${now}, ${look.facts.join(', ')}.${range}${gaps}`;
}

/** In "usual 118/s" the number is what is read. */
function strongNumbers(fact: string): string {
  return fact.replace(/^(usual|last) (\S+)/, '$1 **$2**').replace(/^about (\S+)/, 'about **$1**');
}
