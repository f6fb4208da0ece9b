/** The rate over time, drawn by uPlot: raw seconds thin, their mean strong; band, loss and gaps beneath. */
import uPlot from 'uplot';
import { marksOf, markText, minuteMarks } from '../../../../platform/charts/axis.ts';
import type { Figure } from './figure.ts';
import { type Box, hatch } from './hatch.ts';
import { type Palette, palette } from './palette.ts';
import { canvasFont, measuresOf, type Size } from './size.ts';

export interface Scene {
  readonly figure: Figure;
  /** Epoch seconds at the left and the right edge. */
  readonly from: number;
  readonly to: number;
  /** Top of the y axis, events/s. */
  readonly top: number;
  /** Nothing is known from the newest second on: the hatching reaches to the right edge. */
  readonly blindNow: boolean;
  /** A point at the newest second. */
  readonly dot: boolean;
  /** The second that is not closed yet. */
  readonly open: { readonly x: number; readonly y: number } | null;
}

/** Lower than this there is room for two labels only. */
const FEW_LABELS_PX = 100;

type Y = readonly (number | null)[];

export class Chart {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  readonly #size: Size;
  readonly #measures: ReturnType<typeof measuresOf>;
  #scene: Scene;

  constructor(host: HTMLElement, size: Size, scene: Scene) {
    this.#host = host;
    this.#size = size;
    this.#measures = measuresOf(size);
    this.#scene = scene;
    this.#plot = new uPlot(this.#options(), dataOf(scene), host);
  }

  draw(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height });
    if (scene.figure !== before.figure || scene.from !== before.from || scene.top !== before.top) this.#plot.setData(dataOf(scene));
    else this.#plot.redraw(false);
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #options(): uPlot.Options {
    const { labelled, gutterPx, padPx, meanPx, rawPx, labelPx } = this.#measures;
    const colour = (name: keyof Palette) => () => String(palette.value[name]);
    const line = (name: keyof Palette, width: number, alpha = 1): uPlot.Series => {
      return { stroke: colour(name), width, alpha, points: { show: false }, spanGaps: false };
    };
    const grid = { stroke: colour('grid'), width: 1 };
    return {
      width: this.#host.clientWidth,
      height: this.#host.clientHeight,
      padding: [padPx, labelled ? 0 : gutterPx, labelled ? padPx : 3, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => [this.#scene.from, this.#scene.to] }, y: { range: () => [0, this.#scene.top] } },
      axes: [
        {
          size: 0,
          ticks: { show: false },
          grid: { ...grid, show: true },
          values: () => [],
          splits: () => minuteMarks(this.#scene.from, this.#scene.to, this.#plot?.over.clientWidth ?? 300, labelPx),
        },
        {
          side: 1,
          size: labelled ? gutterPx : 0,
          gap: this.#size === 'kiosk' ? gutterPx / 4 : 9,
          font: canvasFont(this.#measures),
          stroke: colour('text3'),
          ticks: { show: false },
          grid: { ...grid, show: labelled },
          splits: () => (labelled ? this.#marks() : []),
          values: (_, marks) => marks.map(markText),
        },
      ],
      series: [{}, line('data', rawPx, labelled ? 0.42 : 0.34), line('data', meanPx), line('dropped', meanPx)],
      hooks: { drawAxes: [(plot) => this.#beneath(plot)], draw: [(plot) => this.#above(plot)] },
    };
  }

  #marks(): number[] {
    const marks = marksOf(this.#scene.top);
    return this.#size === 'kiosk' || this.#host.clientHeight < FEW_LABELS_PX ? [marks[0] as number, marks[2] as number] : marks;
  }

  #beneath(plot: uPlot): void {
    const { figure, blindNow, to } = this.#scene;
    const { ctx } = plot;
    const colours = palette.value;
    const box = boxOf(plot);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
    ctx.globalAlpha = colours.bandAlpha;
    fillBetween(plot, figure.x, figure.low, figure.high, colours.data);
    if (this.#size === 'small') {
      ctx.globalAlpha = 0.07;
      const zero = figure.x.map(() => 0);
      fillBetween(plot, figure.x, zero, figure.calm, colours.data);
      fillBetween(plot, figure.x, zero, figure.fallen, colours.dropped);
    }
    ctx.globalAlpha = 0.16;
    const below = figure.fallen.map((value, i) => (value === null ? null : Math.min(value, figure.usual[i] ?? value)));
    fillBetween(
      plot,
      figure.x,
      below,
      figure.usual.map((value, i) => (below[i] === null ? null : value)),
      colours.dropped,
    );
    this.#usualLine(plot, figure, colours);
    ctx.globalAlpha = 1;
    figure.gaps.forEach((gap, i) => {
      const open = blindNow && i === figure.gaps.length - 1;
      const left = Math.round(plot.valToPos(gap.from, 'x', true));
      const right = Math.round(plot.valToPos(open ? to : gap.to, 'x', true));
      hatch(ctx, { ...box, left, width: Math.max(1, right - left) }, colours.blind, uPlot.pxRatio);
    });
    ctx.restore();
    const zero = Math.round(plot.valToPos(0, 'y', true));
    ctx.fillStyle = colours.zero;
    ctx.fillRect(box.left, zero, box.width, Math.max(1, Math.round(uPlot.pxRatio)));
  }

  #usualLine(plot: uPlot, { x, usual }: Figure, { data }: Palette): void {
    const { ctx } = plot;
    ctx.globalAlpha = 0.55;
    ctx.strokeStyle = data;
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([2 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
    // The dashes stand still in time, not on the screen.
    ctx.lineDashOffset = plot.valToPos(0, 'x', true) * -1;
    ctx.beginPath();
    trace(plot, x, usual);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  #above(plot: uPlot): void {
    const { figure, dot, open, blindNow } = this.#scene;
    const { ctx } = plot;
    const ratio = uPlot.pxRatio;
    const { data, dropped, tile } = palette.value;
    const radius = this.#measures.dotPx * ratio;
    if (figure.slow) this.#ticks(plot, figure, data);
    const { newest } = figure;
    const value = figure.calm[newest] ?? figure.fallen[newest];
    if (!dot || value == null) return;
    const colour = figure.calm[newest] === null ? dropped : data;
    const x = plot.valToPos(figure.x[newest] as number, 'x', true);
    const y = plot.valToPos(value, 'y', true);
    ctx.save();
    ctx.fillStyle = colour;
    ctx.strokeStyle = colour;
    if (open && this.#size !== 'small') {
      ctx.globalAlpha = 0.9;
      ctx.lineWidth = 1.25 * ratio;
      circle(ctx, plot.valToPos(open.x, 'x', true), plot.valToPos(Math.min(open.y, this.#scene.top), 'y', true), 2.5 * ratio);
      ctx.stroke();
    }
    ctx.globalAlpha = 0.26;
    circle(ctx, x, y, radius * 2);
    if (!blindNow) ctx.fill();
    ctx.globalAlpha = 1;
    circle(ctx, x, y, radius);
    if (blindNow) ctx.fillStyle = tile;
    ctx.fill();
    ctx.lineWidth = 1.75 * ratio;
    if (blindNow) ctx.stroke();
    ctx.restore();
  }

  /** Events of a slow metric are told one by one. */
  #ticks(plot: uPlot, { x, raw }: Figure, colour: string): void {
    const { ctx } = plot;
    const foot = plot.valToPos(0, 'y', true);
    const height = (this.#size === 'small' ? 6 : 10) * uPlot.pxRatio;
    ctx.save();
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.55;
    raw.forEach((n, i) => {
      const at = Math.round(plot.valToPos(x[i] as number, 'x', true));
      if (n && at >= plot.bbox.left) ctx.fillRect(at, foot - height, Math.max(1, uPlot.pxRatio), height);
    });
    ctx.restore();
  }
}

function dataOf({ figure }: Scene): uPlot.AlignedData {
  const raw = figure.slow ? figure.raw.map(() => null) : figure.raw;
  return [figure.x, raw, figure.calm, figure.fallen];
}

function boxOf({ bbox }: uPlot): Box {
  return { left: bbox.left, top: bbox.top, width: bbox.width, height: bbox.height };
}

function circle(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
}

function trace(plot: uPlot, x: readonly number[], y: Y): void {
  let drawing = false;
  y.forEach((value, i) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const at = [plot.valToPos(x[i] as number, 'x', true), plot.valToPos(value, 'y', true)] as const;
    if (drawing) plot.ctx.lineTo(...at);
    else plot.ctx.moveTo(...at);
    drawing = true;
  });
}

/** Fills each stretch in which both lines are known. */
function fillBetween(plot: uPlot, x: readonly number[], low: Y, high: Y, colour: string): void {
  const { ctx } = plot;
  ctx.fillStyle = colour;
  let start = 0;
  while (start < x.length) {
    if (low[start] == null || high[start] == null) {
      start++;
      continue;
    }
    let end = start;
    while (end + 1 < x.length && low[end + 1] != null && high[end + 1] != null) end++;
    ctx.beginPath();
    for (let i = start; i <= end; i++) ctx.lineTo(plot.valToPos(x[i] as number, 'x', true), plot.valToPos(high[i] as number, 'y', true));
    for (let i = end; i >= start; i--) ctx.lineTo(plot.valToPos(x[i] as number, 'x', true), plot.valToPos(low[i] as number, 'y', true));
    ctx.fill();
    start = end + 1;
  }
}
