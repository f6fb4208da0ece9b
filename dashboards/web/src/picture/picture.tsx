/** A metric's picture: the rate, the derivative under it, and marks that go through both. */
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Chart, type Scene } from './chart.ts';
import { rowsFor } from './mark-rows.ts';
import { palette } from './palette.ts';
import { measuresOf, type Size } from './size.ts';
import { drawStrip, stripHeight } from './strip.ts';

export interface Mark {
  /** Epoch second, fractions allowed. */
  readonly at: number;
  readonly tone: 'fell' | 'plain' | 'gap' | 'good';
  readonly right?: string;
  readonly left?: string;
  /** Dotted, and only through the rate. */
  readonly dotted?: boolean;
  /** In a picture with headroom: what stands on its line, and in which of two rows it would be best. */
  readonly shape?: ComponentType<{ size?: number }>;
  readonly row?: 0 | 1;
}

export interface PictureProps {
  readonly scene: Scene;
  readonly size: Size;
  readonly threshold: number | null;
  /** What somebody hears who does not see it. */
  readonly name: string;
  /** Beside "derivative". */
  readonly slope?: string;
  readonly clock: ((ms: number) => string) | null;
  readonly marks?: readonly Mark[];
  /** Room above the rate for the marks' names. */
  readonly headroom?: boolean;
}

/** What is farther than this from what is seen is drawn seldom: of a hundred metrics most are. */
const NEAR = '400px';
const FAR_SECONDS = 10;
/** A label needs so much room to the right of its line. */
const LABEL_PX = 96;

export function Picture({ scene, size, threshold, name, slope, clock, marks = [], headroom = false }: PictureProps) {
  const plot = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart | null>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const [near, setNear] = useState(false);
  const drawnTo = useRef(Number.NEGATIVE_INFINITY);
  const colours = palette.value;

  useEffect(() => {
    const host = plot.current as HTMLDivElement;
    const measure = (): void => setBox({ width: host.clientWidth, height: host.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(host);
    const sight = new IntersectionObserver((seen) => setNear(seen.at(-1)?.isIntersecting ?? true), { rootMargin: NEAR });
    sight.observe(host);
    void document.fonts?.ready.then(measure);
    return () => {
      observer.disconnect();
      sight.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    const host = plot.current as HTMLDivElement;
    if ((!near && scene.to - drawnTo.current < FAR_SECONDS) || host.clientWidth === 0) return;
    if (scene.figure.newest >= 0) drawnTo.current = scene.to;
    if (chart.current) chart.current.draw(scene);
    else chart.current = new Chart(host, size, scene);
    drawStrip(strip.current as HTMLCanvasElement, scene, { size, threshold, clock }, host.clientHeight);
  }, [scene, size, threshold, clock, box, colours, near]);

  const width = Math.max(0, box.width - measuresOf(size).gutterPx);
  const shown = marks
    .filter(({ at }) => at >= scene.from && at <= scene.to)
    .map((mark) => ({ ...mark, x: ((mark.at - scene.from) / (scene.to - scene.from)) * width }));
  const rows = headroom ? rowsFor(shown, box.width) : null;
  return (
    <div class={`picture ${size}${headroom ? ' headroom' : ''}`} role="img" aria-label={name}>
      <div class="plot" ref={plot} />
      {slope !== undefined && (
        <p class="slope" aria-hidden="true">
          derivative <b>{slope}</b>
        </p>
      )}
      <canvas class="strip" ref={strip} style={{ height: `${stripHeight(size, box.height, clock !== null)}px` }} />
      {shown.map((mark, i) => (
        <MarkLine
          key={`${mark.tone}${mark.at}`}
          mark={mark}
          x={mark.x}
          width={width}
          row={rows?.[i]?.row ?? 0}
          named={rows?.[i]?.named ?? true}
        />
      ))}
    </div>
  );
}

interface MarkLineProps {
  readonly mark: Mark;
  readonly x: number;
  readonly width: number;
  readonly row: 0 | 1;
  readonly named: boolean;
}

function MarkLine({ mark, x, width, row, named }: MarkLineProps) {
  const { tone, dotted, shape: Shape } = mark;
  // At the right edge a name turns to the other side of its line.
  const cramped = !Shape && mark.right !== undefined && mark.left === undefined && width - x < LABEL_PX;
  const right = cramped ? undefined : mark.right;
  const left = cramped ? mark.right : mark.left;
  const names = [tone, dotted && 'dotted', row === 1 && 'lower'].filter(Boolean).join(' ');
  return (
    <div class={`mark ${names}`} style={{ transform: `translateX(${Math.round(x)}px)` }} aria-hidden="true">
      {Shape && (
        <i>
          <Shape size={14} />
        </i>
      )}
      {named && left !== undefined && <span class="left">{left}</span>}
      {named && right !== undefined && <span class="right">{right}</span>}
    </div>
  );
}
