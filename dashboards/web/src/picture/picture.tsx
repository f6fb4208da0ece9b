/** A metric's picture: the rate, the derivative under it, and marks that go through both. */
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Chart, GUTTER_PX, type Scene, type Size } from './chart.ts';
import { palette } from './palette.ts';
import { drawStrip, stripHeight } from './strip.ts';

export interface Mark {
  /** Epoch second, fractions allowed. */
  readonly at: number;
  readonly tone: 'fell' | 'plain' | 'gap' | 'good';
  readonly right?: string;
  readonly left?: string;
  /** Dotted, and only through the rate. */
  readonly dotted?: boolean;
  /** In a picture with headroom: what stands on its line, in the upper or the lower of two rows. */
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

/** A label needs so much room to the right of its line. */
const LABEL_PX = 96;

export function Picture({ scene, size, threshold, name, slope, clock, marks = [], headroom = false }: PictureProps) {
  const plot = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart | null>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const colours = palette.value;

  useEffect(() => {
    const host = plot.current as HTMLDivElement;
    const measure = (): void => setBox({ width: host.clientWidth, height: host.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(host);
    void document.fonts?.ready.then(measure);
    return () => {
      observer.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    const host = plot.current as HTMLDivElement;
    if (host.clientWidth === 0) return;
    if (chart.current) chart.current.draw(scene);
    else chart.current = new Chart(host, size, scene);
    drawStrip(strip.current as HTMLCanvasElement, scene, { size, threshold, clock }, host.clientHeight);
  }, [scene, size, threshold, clock, box, colours]);

  const width = Math.max(0, box.width - GUTTER_PX[size]);
  const shown = marks.filter(({ at }) => at >= scene.from && at <= scene.to);
  return (
    <div class={`picture ${size}${headroom ? ' headroom' : ''}`} role="img" aria-label={name}>
      <div class="plot" ref={plot} />
      {slope !== undefined && (
        <p class="slope" aria-hidden="true">
          derivative <b>{slope}</b>
        </p>
      )}
      <canvas class="strip" ref={strip} style={{ height: `${stripHeight(size, box.height, clock !== null)}px` }} />
      {shown.map((mark) => (
        <MarkLine
          key={`${mark.tone}${mark.at}`}
          mark={mark}
          x={((mark.at - scene.from) / (scene.to - scene.from)) * width}
          width={width}
          labelled={clock !== null}
        />
      ))}
    </div>
  );
}

function MarkLine({ mark, x, width, labelled }: { mark: Mark; x: number; width: number; labelled: boolean }) {
  const { tone, dotted } = mark;
  const Shape = mark.shape;
  const cramped = mark.right !== undefined && mark.left === undefined && width - x < LABEL_PX;
  const right = cramped ? undefined : mark.right;
  const left = cramped ? mark.right : mark.left;
  return (
    <div
      class={`mark ${tone}${dotted ? ' dotted' : ''}${labelled ? ' labelled' : ''}${mark.row === 1 ? ' lower' : ''}`}
      style={{ transform: `translateX(${Math.round(x)}px)` }}
      aria-hidden="true"
    >
      {Shape && (
        <i>
          <Shape size={14} />
        </i>
      )}
      {left !== undefined && <span class="left">{left}</span>}
      {right !== undefined && <span class="right">{right}</span>}
    </div>
  );
}
