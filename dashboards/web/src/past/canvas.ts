/** The past on a canvas: the range of the seconds pale, their mean strong on it, the usual rate dashed, what nobody knows hatched. */
import { marksOf, markText } from '../../../../platform/charts/axis.ts';
import { hatch } from '../picture/hatch.ts';
import { type Palette, palette } from '../picture/palette.ts';
import { canvasFont, measuresOf } from '../picture/size.ts';
import type { PastFigure } from './figure.ts';
import type { TimeMark } from './zoned.ts';

export const MEASURES = measuresOf('large');
const RANGE_ALPHA = 0.3;
const USUAL_ALPHA = 0.55;
/** Where some seconds of a step are not known, so much of its foot is hatched. */
const FOOT_PX = 8;
/** So near an edge a label would be cut. */
const EDGE_PX = 22;

export interface PastScene {
  /** null: axes alone. */
  readonly figure: PastFigure | null;
  readonly from: number;
  readonly to: number;
  /** Top of the y axis, events/s; null while nothing is known. */
  readonly top: number | null;
  readonly times: readonly TimeMark[];
}

interface Frame {
  readonly ctx: CanvasRenderingContext2D;
  readonly scene: PastScene;
  readonly colours: Palette;
  readonly width: number;
  readonly height: number;
  x(second: number): number;
  y(rate: number): number;
}

export function drawPast(canvas: HTMLCanvasElement, scene: PastScene): void {
  const ratio = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, clientWidth, clientHeight);
  const inner = { width: clientWidth - MEASURES.gutterPx, height: clientHeight - MEASURES.minutesPx };
  const { from, to, top } = scene;
  const frame: Frame = {
    ...{ ctx, scene, colours: palette.value, ...inner },
    x: (second) => ((second - from) / (to - from)) * inner.width,
    y: (rate) => MEASURES.padPx + (1 - rate / (top ?? 1)) * (inner.height - MEASURES.padPx),
  };
  drawGrid(frame);
  if (!scene.figure) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, inner.width, inner.height + 1);
  ctx.clip();
  drawGaps(frame, scene.figure);
  drawUsual(frame, scene.figure);
  drawRange(frame, scene.figure);
  drawMean(frame, scene.figure);
  ctx.restore();
}

function drawGrid({ ctx, scene, colours, width, height, x, y }: Frame): void {
  ctx.font = canvasFont(MEASURES);
  ctx.textBaseline = 'middle';
  const marks = scene.top === null ? [0] : marksOf(scene.top);
  for (const mark of marks) {
    ctx.fillStyle = mark === 0 ? colours.zero : colours.grid;
    ctx.fillRect(0, Math.round(y(mark)), width, 1);
    ctx.fillStyle = colours.text3;
    ctx.textAlign = 'left';
    ctx.fillText(markText(mark), width + 9, y(mark) + 1);
  }
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  for (const { at, text } of scene.times) {
    const left = x(at);
    ctx.fillStyle = colours.grid;
    ctx.fillRect(Math.round(left), MEASURES.padPx, 1, height - MEASURES.padPx);
    ctx.fillStyle = colours.text3;
    if (left >= EDGE_PX && left <= width - EDGE_PX) ctx.fillText(text, left, height + MEASURES.minutesPx * 0.78);
  }
}

function drawGaps({ ctx, scene, colours, width, height, x }: Frame, { gaps, partlyBlind, begins, stepSeconds }: PastFigure): void {
  const hatched = (from: number, to: number, top: number): void => {
    const left = Math.max(0, x(from));
    const right = Math.min(width, Math.max(x(Math.min(to, scene.to)), left + 1));
    if (right > left) hatch(ctx, { left, top, width: right - left, height: height - top }, colours.blind, 1);
  };
  for (const gap of gaps) hatched(gap.from, gap.to, MEASURES.padPx);
  for (const i of partlyBlind) hatched(begins + i * stepSeconds, begins + (i + 1) * stepSeconds, height - FOOT_PX);
}

function drawUsual({ ctx, colours, x, y }: Frame, { usual, begins, stepSeconds }: PastFigure): void {
  ctx.save();
  ctx.globalAlpha = USUAL_ALPHA;
  ctx.strokeStyle = colours.data;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  trace(usual, (i, value, isNew) => {
    const at = [x(begins + (i + 0.5) * stepSeconds), y(value)] as const;
    if (isNew) ctx.moveTo(...at);
    else ctx.lineTo(...at);
  });
  ctx.stroke();
  ctx.restore();
}

/** One column a step, never thinner than a pixel: a single second at zero reaches the axis, over however many days. */
function drawRange({ ctx, colours, x, y }: Frame, { min, max, begins, stepSeconds }: PastFigure): void {
  ctx.save();
  ctx.globalAlpha = RANGE_ALPHA;
  if (stepSeconds === 1) {
    ctx.strokeStyle = colours.data;
    ctx.globalAlpha = 0.42;
    ctx.lineWidth = MEASURES.rawPx;
    ctx.beginPath();
    trace(min, (i, value, isNew) => {
      const at = [x(begins + i + 1), y(value)] as const;
      if (isNew) ctx.moveTo(...at);
      else ctx.lineTo(...at);
    });
    ctx.stroke();
  } else {
    ctx.fillStyle = colours.data;
    ctx.beginPath();
    trace(min, (i, least) => {
      const left = x(begins + i * stepSeconds);
      const [top, foot] = [y(max[i] ?? least), y(least)];
      ctx.rect(left, top, Math.max(1, x(begins + (i + 1) * stepSeconds) - left), Math.max(1, foot - top));
    });
    // All columns are one shape, so that nothing is darker where two of them touch.
    ctx.fill();
  }
  ctx.restore();
}

function drawMean({ ctx, colours, x, y }: Frame, { line, begins, stepSeconds }: PastFigure): void {
  ctx.save();
  ctx.strokeStyle = colours.data;
  ctx.fillStyle = colours.data;
  ctx.lineWidth = stepSeconds === 1 ? MEASURES.meanPx : 1.5;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  trace(line, (i, value, isNew) => {
    const at = [x(begins + (i + (stepSeconds === 1 ? 1 : 0.5)) * stepSeconds), y(value)] as const;
    if (isNew) ctx.moveTo(...at);
    else ctx.lineTo(...at);
    // Between two holes there is no line, and still something is known.
    if (line[i - 1] == null && line[i + 1] == null) ctx.lineTo(at[0] + 1, at[1]);
  });
  ctx.stroke();
  ctx.restore();
}

function trace(values: readonly (number | null)[], visit: (i: number, value: number, isNew: boolean) => void): void {
  values.forEach((value, i) => {
    if (value !== null) visit(i, value, values[i - 1] == null);
  });
}
