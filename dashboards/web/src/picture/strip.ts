/** The derivative under the rate: one bar a second, on one scale for every metric, with the threshold as a line. */
import { minuteMarks, stripScale } from '../../../../platform/charts/axis.ts';
import type { Scene } from './chart.ts';
import { hatch } from './hatch.ts';
import { type Palette, palette } from './palette.ts';
import { canvasFont, measuresOf, type Size } from './size.ts';

export interface StripOptions {
  readonly size: Size;
  /** % of usual per second; null: nothing is judged. */
  readonly threshold: number | null;
  /** Minutes below, by a clock of this zone; null: none. */
  readonly clock: ((ms: number) => string) | null;
}

/** So near an edge a label would be cut. */
const EDGE_PX = 20;

/** How high the canvas has to be. */
export function stripHeight(size: Size, plotHeightPx: number, labelled: boolean): number {
  return barsHeight(size, plotHeightPx) + (labelled ? measuresOf(size).minutesPx : 0);
}

function barsHeight(size: Size, plotHeightPx: number): number {
  return size === 'large' && plotHeightPx < 100 ? 26 : measuresOf(size).stripPx;
}

export function drawStrip(canvas: HTMLCanvasElement, scene: Scene, { size, threshold, clock }: StripOptions, plotHeightPx: number): void {
  const ratio = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, clientWidth, clientHeight);
  const colours = palette.value;
  const bars = barsHeight(size, plotHeightPx);
  const measures = measuresOf(size);
  const inner = clientWidth - measures.gutterPx;
  const frame: Frame = { ctx, scene, colours, measures, width: inner, height: bars, zero: Math.round(bars / 3), ratio };
  drawBars(frame, threshold);
  drawGaps(frame);
  if (measures.labelled) drawLabels(frame, threshold);
  if (clock) drawMinutes(frame, clock);
}

interface Frame {
  readonly ctx: CanvasRenderingContext2D;
  readonly scene: Scene;
  readonly colours: Palette;
  readonly measures: ReturnType<typeof measuresOf>;
  readonly width: number;
  readonly height: number;
  /** Where the zero line lies: a third down, because what falls matters more than what rises. */
  readonly zero: number;
  readonly ratio: number;
}

const xOf = ({ scene: { from, to }, width }: Frame, second: number): number => ((second - from) / (to - from)) * width;

function drawBars(frame: Frame, threshold: number | null): void {
  const { ctx, scene, colours, width, height, zero } = frame;
  const { x, derivative } = scene.figure;
  const room = height - zero;
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, width, height);
  ctx.clip();
  const barWidth = Math.max(1, width / (scene.to - scene.from) + 0.2);
  derivative.forEach((value, i) => {
    if (value === null) return;
    const length = -stripScale(value) * room;
    ctx.fillStyle = threshold !== null && value <= threshold ? colours.dropped : colours.bars;
    ctx.fillRect(xOf(frame, (x[i] as number) - 1), Math.min(zero, zero + length), barWidth, Math.max(1, Math.abs(length)));
  });
  ctx.fillStyle = colours.bars;
  ctx.globalAlpha = 0.7;
  ctx.fillRect(0, zero, width, 1);
  ctx.restore();
  if (threshold === null) return;
  const y = Math.round(zero - stripScale(threshold) * room) - 0.5;
  ctx.save();
  ctx.strokeStyle = colours.dropped;
  ctx.globalAlpha = 0.75;
  ctx.setLineDash([3, 3]);
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(0, y);
  ctx.lineTo(width, y);
  ctx.stroke();
  ctx.restore();
}

function drawGaps(frame: Frame): void {
  const { ctx, scene, colours, height, width } = frame;
  scene.figure.gaps.forEach((gap, i) => {
    const open = scene.blindNow && i === scene.figure.gaps.length - 1;
    const left = Math.max(0, xOf(frame, gap.from));
    const right = Math.min(width, xOf(frame, open ? scene.to : gap.to));
    if (right > left) hatch(ctx, { left, top: 0, width: right - left, height }, colours.blind, 1);
  });
}

function drawLabels({ ctx, colours, measures, width, zero, height }: Frame, threshold: number | null): void {
  ctx.font = canvasFont(measures);
  const left = width + (measures.fontPx > 12 ? measures.gutterPx / 4 : 9);
  ctx.fillStyle = colours.text3;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const y = threshold === null ? null : zero - stripScale(threshold) * (height - zero);
  if (y === null || y - zero >= measures.fontPx) ctx.fillText('0', left, zero + 1);
  if (y !== null) ctx.fillText(`\u2212${Math.abs(Math.round((threshold as number) * 10) / 10)}`, left, y + 1);
}

function drawMinutes(frame: Frame, clock: (ms: number) => string): void {
  const { ctx, scene, colours, measures, width, height } = frame;
  ctx.font = canvasFont(measures);
  ctx.fillStyle = colours.text3;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'center';
  for (const at of minuteMarks(scene.from, scene.to, width, measures.labelPx)) {
    const x = xOf(frame, at);
    if (x >= EDGE_PX && x <= width - EDGE_PX) ctx.fillText(clock(at * 1000), x, height + measures.minutesPx * 0.73);
  }
}
