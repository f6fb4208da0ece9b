/** A metric's past as one picture with its marks; the mouse and the arrow keys read it step by step. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { steadyTop } from '../../../../platform/charts/axis.ts';
import { hello } from '../board/board.ts';
import { timezone } from '../board/clock.ts';
import { drawPast, MEASURES } from '../past/canvas.ts';
import { type PastFigure, pastHeight } from '../past/figure.ts';
import type { PastMark } from '../past/marks.ts';
import type { Choice } from '../past/spans.ts';
import { pastText, stepText } from '../past/words.ts';
import { timeMarks } from '../past/zoned.ts';
import { rowsFor } from '../picture/mark-rows.ts';
import { palette } from '../picture/palette.ts';
import type { Stretch } from '../picture/span.ts';
import { Calendar, Flag, Hexagon, HigherLevel, HollowOctagon, LowerLevel, Octagon } from './icons.tsx';

interface PastPictureProps {
  readonly name: string;
  readonly choice: Choice;
  /** null while it loads. */
  readonly figure: PastFigure | null;
  readonly marks: readonly PastMark[];
  readonly rehearsed: readonly Stretch[];
  readonly window: Stretch;
  /** Of the plot, without the labels; 0 while it is not known. */
  readonly width: number;
  readonly onWidth: (px: number) => void;
}

const PAGE_STEPS = 10;
/** Nearer to the right edge a mark's name stands to the left of it. */
const NAME_PX = 80;
const SHAPES = {
  sev1: Octagon,
  sev2: HollowOctagon,
  slide: LowerLevel,
  surprise: HigherLevel,
  planned: Calendar,
  deploy: Hexagon,
  other: Flag,
  rehearsed: null,
};

export function PastPicture({ name, choice, figure, marks, rehearsed, window, width, onWidth }: PastPictureProps) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const top = useRef<{ key: string; top: number } | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const colours = palette.value;
  const zone = timezone.value;
  useLayoutEffect(() => {
    const element = host.current as HTMLDivElement;
    const measure = (): void => onWidth(Math.max(0, element.clientWidth - MEASURES.gutterPx));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { from, to } = window;
  const times = useMemo(() => timeMarks(from, to, width, zone), [from, to, width, zone]);
  useLayoutEffect(() => {
    // Where nothing is known there is no scale.
    const need = figure ? pastHeight(figure) : 0;
    if (need > 0) {
      const before = top.current?.key === choice.key ? top.current.top : null;
      top.current = { key: choice.key, top: steadyTop(before, need) };
    }
    const element = canvas.current as HTMLCanvasElement;
    drawPast(element, { figure, from, to, top: need > 0 ? (top.current?.top ?? null) : null, times });
  }, [figure, times, width, colours]);

  const first = figure ? Math.max(0, Math.floor((from - figure.begins) / figure.stepSeconds)) : 0;
  const last = figure ? Math.min(figure.min.length, Math.ceil((to - figure.begins) / figure.stepSeconds)) - 1 : 0;
  const within = (i: number): number => Math.min(last, Math.max(first, i));
  const at = read === null ? null : within(read);
  const point = (event: PointerEvent): void => {
    if (!figure || width === 0) return;
    const share = (event.clientX - (host.current as HTMLDivElement).getBoundingClientRect().left) / width;
    setRead(within(Math.floor((from + share * (to - from) - figure.begins) / figure.stepSeconds)));
  };
  const press = (event: KeyboardEvent): void => {
    const now = at ?? last + 1;
    const moves: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: first, End: last };
    const next = { ...moves, PageUp: now - PAGE_STEPS, PageDown: now + PAGE_STEPS }[event.key];
    if (next === undefined || !figure || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setRead(within(next));
  };
  const placed = marks.filter(({ at: began }) => began >= from).map((mark) => ({ mark, x: ((mark.at - from) / (to - from)) * width }));
  // What woke somebody keeps its name first.
  const ordered = [...placed].sort((a, b) => Number(b.mark.kind === 'sev1') - Number(a.mark.kind === 'sev1'));
  const rows = rowsFor(
    ordered.map(({ mark, x }) => ({ x, row: mark.kind === 'sev1' ? 1 : 0, [sideOf(x, width)]: mark.name })),
    width + MEASURES.gutterPx,
  );
  const said = figure ? pastText(name, figure, choice, zone, hello.value?.metrics.find((metric) => metric.name === name)?.value) : '';
  const reading = figure && at !== null ? stepText(figure, at, zone) : null;
  return (
    <>
      <div
        class="past-picture picture large headroom"
        ref={host}
        role="slider"
        tabIndex={0}
        aria-label={said || name}
        aria-valuemin={first}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={reading ?? (said || 'Loading')}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={(event) => event.pointerType === 'mouse' && setRead(null)}
        onBlur={() => setRead(null)}
        onKeyDown={press}
      >
        <canvas ref={canvas} />
        {width > 0 &&
          ordered.map(({ mark, x }, i) => (
            <MarkLine key={`${mark.at}${mark.text}`} mark={mark} x={x} side={sideOf(x, width)} row={rows[i]} />
          ))}
        {width > 0 && rehearsed.map((stretch) => <Rehearsed key={stretch.from} stretch={stretch} window={window} width={width} />)}
        {figure && at !== null && (
          <i class="cross-hair" style={{ transform: `translateX(${Math.round(middleOf(figure, at, window) * width)}px)` }} />
        )}
      </div>
      <p class="reading">{reading ?? said}</p>
    </>
  );
}

function middleOf({ begins, stepSeconds }: PastFigure, i: number, { from, to }: Stretch): number {
  return Math.min(1, Math.max(0, (begins + (i + 0.5) * stepSeconds - from) / (to - from)));
}

function sideOf(x: number, width: number): 'left' | 'right' {
  return x > width - NAME_PX ? 'left' : 'right';
}

interface MarkLineProps {
  readonly mark: PastMark;
  readonly x: number;
  readonly side: 'left' | 'right';
  readonly row: { readonly row: 0 | 1; readonly named: boolean } | undefined;
}

function MarkLine({ mark, x, side, row }: MarkLineProps) {
  const Shape = SHAPES[mark.kind];
  const tone = mark.kind === 'sev1' ? 'fell' : mark.kind === 'sev2' ? 'plain' : 'plain dotted';
  return (
    <div
      class={`mark ${tone}${row?.row === 1 ? ' lower' : ''}`}
      data-kind={mark.kind}
      style={{ transform: `translateX(${Math.round(x)}px)` }}
      aria-hidden="true"
    >
      {Shape && (
        <i>
          <Shape size={14} />
        </i>
      )}
      {row?.named && <span class={side}>{mark.name}</span>}
    </div>
  );
}

/** A dotted edge where it ends, if that is in the picture. */
function Rehearsed({ stretch, window: { from, to }, width }: { stretch: Stretch; window: Stretch; width: number }) {
  if (stretch.to <= from || stretch.to >= to) return null;
  const x = Math.round(((stretch.to - from) / (to - from)) * width);
  return (
    <div class="mark plain dotted rehearsed" style={{ transform: `translateX(${x}px)` }} aria-hidden="true">
      <span class="left">rehearsed</span>
    </div>
  );
}
