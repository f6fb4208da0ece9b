/** The wall on a wall (`?kiosk`): read across a room, without anything to press, for weeks. */
import { useEffect, useState } from 'preact/hooks';
import { showClock } from '../../../../platform/units/clock-time.ts';
import { stayAwake } from '../board/awake.ts';
import { hello, link, newest, time } from '../board/board.ts';
import { seconds, timezone } from '../board/clock.ts';
import { type SeenMetric, wakes } from '../board/seen.ts';
import { evenRows } from '../parts/even-rows.ts';
import { KioskRow } from '../parts/kiosk-row.tsx';
import { notedText } from '../parts/noted-lines.tsx';
import { Said } from '../parts/said.tsx';
import { SHAPES, useKeys } from '../parts/sentence-slot.tsx';
import { Tile } from '../parts/tile.tsx';
import { kioskUnit } from '../picture/size.ts';
import { capitalised, listed, stopwatch } from '../words/numbers.ts';
import type { Sentence } from '../words/sentence.ts';

/** Large at most, and so many beside each other; the rest is told in words. */
const LARGE_MAX = 6;
const COLUMNS_MAX = 3;

export function Kiosk({ metrics, sentence }: { metrics: readonly SeenMetric[]; sentence: Sentence }) {
  const unit = useUnit();
  useEffect(stayAwake, []);
  const critical = metrics.filter(wakes);
  const large = (critical.length > 0 ? critical : metrics).slice(0, LARGE_MAX);
  const small = metrics.filter((metric) => !large.includes(metric));
  const { tracks, spans, rows } = evenRows(large.length, large.length === 4 ? 2 : COLUMNS_MAX);
  const minutes = rows === 1 || innerHeight > innerWidth;
  return (
    <main class={`kiosk rows-${rows}`} style={{ '--u': `${unit}px` }}>
      <KioskSlot sentence={sentence} />
      <div class="kiosk-tiles" style={{ gridTemplateColumns: `repeat(${tracks}, minmax(0, 1fr))` }}>
        {large.map((metric, i) => (
          <Tile key={`${metric.name} ${unit}`} metric={metric} size="kiosk" span={spans[i] ?? 1} minutes={minutes} />
        ))}
      </div>
      {small.length > 0 && <KioskRow metrics={small} />}
      <Foot sentence={sentence} />
    </main>
  );
}

function KioskSlot({ sentence }: { sentence: Sentence }) {
  const { mood, title, brief, side, incident } = sentence;
  const Shape = SHAPES[mood];
  const filled = mood === 'sev1' || mood === 'acknowledged';
  useKeys(filled ? (incident?.id ?? null) : null, mood === 'sev1');
  const now = seconds.value * 1000;
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: timezone.value, weekday: 'long', day: 'numeric', month: 'long' });
  // What else is to be said stands at the foot; while something is wrong it stands here.
  const below = filled ? [brief] : mood === 'normal' || mood === 'warming' ? [] : mood === 'waiting' ? side.slice(0, 1) : side;
  const since = incident?.metrics[0]?.fall.from;
  return (
    <section class={`slot kiosk-slot ${mood}${filled ? ' filled' : ''}`} aria-label="How things are">
      <span class="slot-shape">
        <Shape size={(filled ? 136 : 76) * kioskUnit()} />
      </span>
      <div class="slot-words">
        <h1>{title}</h1>
        {below.length > 0 && (
          <p>
            <Said text={below.join(' ')} />
          </p>
        )}
      </div>
      {filled && since !== undefined ? (
        <p class="kiosk-clock">
          <span>down for</span>
          <b>{stopwatch(time.now() - since * 1000)}</b>
        </p>
      ) : (
        <p class="kiosk-clock">
          <time>{showClock(now, timezone.value)}</time>
          <span>{day.format(now).replace(',', '')}</span>
        </p>
      )}
    </section>
  );
}

function Foot({ sentence }: { sentence: Sentence }) {
  const { mood, side, incident } = sentence;
  const people = (hello.value?.onCall ?? []).map(capitalised);
  const onCall = people.length === 0 ? '' : `On call: ${listed(people)}.`;
  const filled = mood === 'sev1' || mood === 'acknowledged';
  const said = filled
    ? incident?.acknowledgedBy
      ? `${capitalised(incident.acknowledgedBy)} has it.`
      : 'Not acknowledged.'
    : mood === 'normal' || mood === 'warming'
      ? (side.at(-1) ?? '').replaceAll('**', '')
      : '';
  const behind = newest.value ? `${(newest.value.behindMs / 1000).toFixed(1)}\u00a0s behind` : '';
  const words = { live: `live, ${behind}`, connecting: 'connecting', lost: 'no connection', stalled: 'nothing is decided' };
  const state = filled ? `${showClock(seconds.value * 1000, timezone.value)}, ${words[link.value]}` : capitalised(words[link.value]);
  return (
    <footer class="kiosk-foot">
      <span>{[said, onCall, filled ? '' : notedText()].filter(Boolean).join(' ')}</span>
      <span>{state}</span>
    </footer>
  );
}

/** A screen that is given another size draws everything anew. */
function useUnit(): number {
  const [unit, setUnit] = useState(kioskUnit());
  useEffect(() => {
    const measure = (): void => setUnit(kioskUnit());
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return unit;
}
