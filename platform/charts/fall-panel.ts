/** One stretch of time of a fall's picture: the rate above, its derivative below, on the same seconds. */
import { minuteMarks, stripScale } from './axis.ts';
import { BAND_ALPHA, GRID_ALPHA, LIGHT, LOSS_ALPHA } from './colours.ts';
import { type FallFigure, type FallScene, type Gap, gapsOf } from './fall-figure.ts';
import { hatched } from './hatch.ts';
import type { Scale } from './scales.ts';
import { type Box, between, clipped, element, type Point, px, rectangle, straight, trace } from './svg.ts';

export interface Panel {
  readonly scene: FallScene;
  readonly figure: FallFigure;
  readonly plot: Box;
  readonly strip: Box;
  /** Epoch seconds at the left and the right edge. */
  readonly from: number;
  readonly to: number;
  /** Of events/s within the plot. */
  readonly rates: Scale;
  /** Epoch seconds that are worth a line from top to bottom. */
  readonly times: readonly number[];
  /** Whether the fall's first second has a line of its own. */
  readonly marksFall: boolean;
}

const TICK_PX = 9;
const DOT_PX = 4;
/** A line half as wide reaches beyond the value it stands for. */
const LINE_PX = 2;
/** Where the strip's zero lies: what falls matters more than what rises. */
const STRIP_ZERO = 1 / 3;
/** Bars of a fall are at least so wide, however many seconds a pixel holds. */
const FALL_BAR_PX_MIN = 2.5;

export function xOf({ plot, from, to }: Pick<Panel, 'plot' | 'from' | 'to'>, second: number): number {
  return plot.left + ((second - from) / (to - from)) * plot.width;
}

/** Where on the strip a derivative (%/s) lies. */
export function stripY({ top, height }: Box, derivative: number): number {
  const zero = top + height * STRIP_ZERO;
  return zero - stripScale(derivative) * height * (1 - STRIP_ZERO);
}

export function panelPicture(panel: Panel): string {
  return element('g', {}, grid(panel), ratePicture(panel), stripPicture(panel), fallMark(panel), dot(panel));
}

function grid({ plot, strip, rates, times, ...rest }: Panel): string {
  const stroke = { stroke: LIGHT.text1, 'stroke-opacity': GRID_ALPHA };
  const right = plot.left + plot.width;
  const levels = rates.marks.map(({ value }) => Math.round(rates.at(value) as number) + 0.5);
  return element(
    'g',
    stroke,
    ...levels.map((y) => straight([plot.left, y], [right, y], {})),
    ...times
      .map((second) => Math.round(xOf({ plot, ...rest }, second)) + 0.5)
      .map((x) => straight([x, plot.top], [x, bottomOf(strip)], {})),
  );
}

const bottomOf = ({ top, height }: Box): number => top + height;

function ratePicture(panel: Panel): string {
  const { figure, plot, rates } = panel;
  const within = { ...plot, height: plot.height + LINE_PX };
  const zero = Math.round(bottomOf(plot)) + 0.5;
  const line = { fill: 'none', 'stroke-linejoin': 'round', 'stroke-linecap': 'round' };
  const calm = pointsOf(panel, figure.calm);
  const fallen = pointsOf(panel, figure.fallen);
  const usualY = rates.at(figure.usual) as number;
  const lost = between(
    fallen.map((point) => point && ([point[0], usualY] as const)),
    fallen.map((point) => point && ([point[0], Math.max(point[1], usualY)] as const)),
  );
  return clipped(
    within,
    usualPicture(panel),
    element('path', { d: lost, fill: LIGHT.dropped, 'fill-opacity': LOSS_ALPHA }),
    straight([plot.left, zero], [plot.left + plot.width, zero], { stroke: LIGHT.zero }),
    figure.slow ? eventTicks(panel) : rawLine(panel),
    element('path', { d: trace(calm), stroke: LIGHT.data, 'stroke-width': LINE_PX, ...line }),
    element('path', { d: trace(fallen), stroke: LIGHT.dropped, 'stroke-width': LINE_PX, ...line }),
    ...gapsIn(panel).map((gap) => hatched(boxOf(panel, plot, gap))),
  );
}

/** Each second's value stands where the second ended. */
function pointsOf(panel: Panel, values: readonly (number | null)[]): (Point | null)[] {
  const first = Math.max(0, Math.floor(panel.from) - 1 - panel.figure.start);
  const last = Math.max(first, panel.to - panel.figure.start);
  return values.slice(first, last).map((value, i) => {
    const y = value === null ? null : panel.rates.at(value);
    return y === null ? null : [xOf(panel, panel.figure.start + first + i + 1), y];
  });
}

/** Where healthy seconds lie, and what each notion of normal promises, as far as there is data. */
function usualPicture(panel: Panel): string {
  const { figure, plot, rates, scene } = panel;
  const first = figure.raw.findIndex((count) => count !== null);
  const left = Math.max(plot.left, first < 0 ? plot.left : xOf(panel, figure.start + first));
  const right = plot.left + plot.width;
  const [low, high] = figure.band.map((rate) => rates.at(rate) as number) as [number, number];
  const level = (rate: number | null, style: Readonly<Record<string, string | number>>): string => {
    const y = rate === null ? null : rates.at(rate);
    return y === null ? '' : straight([left, y], [right, y], style);
  };
  return [
    rectangle({ left, top: high, width: Math.max(0, right - left), height: low - high }, { fill: LIGHT.data, 'fill-opacity': BAND_ALPHA }),
    level(scene.hour, HOUR_STYLE),
    level(scene.day, DAY_STYLE),
    level(figure.usual, USUAL_STYLE),
  ].join('');
}

export const USUAL_STYLE = { stroke: LIGHT.data, 'stroke-opacity': 0.75, 'stroke-dasharray': '2 3' } as const;
export const HOUR_STYLE = { stroke: LIGHT.text3, 'stroke-opacity': 0.75, 'stroke-dasharray': '8 3' } as const;
export const DAY_STYLE = { stroke: LIGHT.text3, 'stroke-opacity': 0.9, 'stroke-dasharray': '1 3' } as const;

function rawLine(panel: Panel): string {
  const d = trace(pointsOf(panel, panel.figure.raw));
  return element('path', { d, fill: 'none', stroke: LIGHT.data, 'stroke-opacity': 0.42, 'stroke-linejoin': 'round' });
}

/** Events of a slow metric are told one by one. */
function eventTicks(panel: Panel): string {
  const foot = bottomOf(panel.plot);
  const { start, raw } = panel.figure;
  const marks = raw.map((count, i) => (count && start + i >= panel.from && start + i < panel.to ? xOf(panel, start + i + 1) : null));
  const d = marks.map((x) => (x === null ? '' : `M${px(x)} ${px(foot)}v${px(-TICK_PX)}`)).join('');
  return element('path', { d, stroke: LIGHT.data, 'stroke-opacity': 0.55 });
}

function gapsIn({ figure, from, to, scene }: Panel): Gap[] {
  const end = Math.max(scene.at + 1, Math.min(to, figure.start + figure.raw.length));
  return gapsOf(figure, end).filter((gap) => gap.to > from && gap.from < to);
}

function boxOf(panel: Panel, { top, height }: Box, gap: Gap): Box {
  const left = Math.max(panel.plot.left, xOf(panel, gap.from));
  const right = Math.min(panel.plot.left + panel.plot.width, xOf(panel, gap.to));
  return { left, top, width: Math.max(1, right - left), height };
}

function stripPicture(panel: Panel): string {
  const { strip, figure, scene } = panel;
  const { derivativeThreshold = -3 } = scene;
  const zero = stripY(strip, 0);
  const right = strip.left + strip.width;
  const falls = (i: number): boolean => i >= figure.fellAt && i < figure.downAt;
  const level = derivativeThreshold === null ? null : Math.round(stripY(strip, derivativeThreshold)) + 0.5;
  return clipped(
    strip,
    element('path', { d: bars(panel, (i) => !falls(i), 0), fill: LIGHT.bars }),
    element('path', { d: bars(panel, falls, FALL_BAR_PX_MIN), fill: LIGHT.dropped }),
    straight([strip.left, zero], [right, zero], { stroke: LIGHT.bars, 'stroke-opacity': 0.7 }),
    level === null
      ? ''
      : straight([strip.left, level], [right, level], { stroke: LIGHT.dropped, 'stroke-opacity': 0.75, 'stroke-dasharray': '3 3' }),
    ...gapsIn(panel).map((gap) => hatched(boxOf(panel, strip, gap))),
  );
}

/** One outline over each run of seconds, so that no seams show between bars. */
function bars(panel: Panel, isDrawn: (i: number) => boolean, widthMin: number): string {
  const { slopes, start } = panel.figure;
  const zero = px(stripY(panel.strip, 0));
  let path = '';
  let open = false;
  slopes.forEach((slope, i) => {
    const drawn = slope !== null && isDrawn(i) && start + i >= panel.from && start + i < panel.to;
    if (open && !drawn) path += `V${zero}Z`;
    const right = xOf(panel, start + i + 1);
    if (drawn && !open) path += `M${px(Math.min(right - widthMin, xOf(panel, start + i)))} ${zero}`;
    if (drawn) path += `V${px(stripY(panel.strip, slope))}H${px(right)}`;
    open = drawn;
  });
  return open ? `${path}V${zero}Z` : path;
}

function fallMark(panel: Panel): string {
  const { scene, plot, strip } = panel;
  const x = Math.round(xOf(panel, scene.from)) + 0.5;
  if (!panel.marksFall || x < plot.left || x > plot.left + plot.width) return '';
  return straight([x, plot.top], [x, bottomOf(strip)], { stroke: LIGHT.dropped });
}

/** Where it stood when it paged. */
function dot(panel: Panel): string {
  const x = xOf(panel, panel.scene.at + 1);
  const y = panel.rates.at(panel.scene.rateAfter);
  if (y === null || x < panel.plot.left || x > panel.plot.left + panel.plot.width + 1) return '';
  const place = { cx: px(x), cy: px(y), fill: LIGHT.dropped };
  return element('circle', { ...place, r: 2 * DOT_PX, 'fill-opacity': 0.26 }) + element('circle', { ...place, r: DOT_PX });
}

/** Marks of a minute panel: so many seconds apart that their labels do not touch. */
export function secondMarks(from: number, to: number, widthPx: number): number[] {
  const perPx = (to - from) / widthPx;
  const step = [10, 20, 30].find((seconds) => seconds / perPx >= SECOND_LABEL_PX);
  if (!step) return minuteMarks(from, to, widthPx);
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) marks.push(at);
  return marks;
}

const SECOND_LABEL_PX = 42;
