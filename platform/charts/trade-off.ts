/** What a threshold trades: false pages a year against the delay, one point a setting, and the line that no other beats. */
import { GRID_ALPHA, LIGHT } from './colours.ts';
import { logarithmic, type Scale } from './scales.ts';
import { drawing, element, type Point, px, straight, textAt, trace } from './svg.ts';

export interface TradeOffPoint {
  /** False pages a year, > 0. */
  readonly falsePagesPerYear: number;
  /** Seconds. */
  readonly delay: number;
}

export interface TradeOff {
  readonly name: string;
  /** What the delay is of, such as `half lost at the quiet hour`. */
  readonly delayOf: string;
  readonly points: readonly TradeOffPoint[];
  /** Those that no other beats, by false pages. */
  readonly frontier: readonly TradeOffPoint[];
  readonly inForce: TradeOffPoint | null;
  readonly recommended: TradeOffPoint | null;
  /** The budget, false pages a year. */
  readonly budget: number;
}

const WIDTH = 720;
const HEIGHT = 420;
const PLOT = { left: 64, right: 696, top: 84, bottom: 352 };
/** Below it every setting is as quiet as the others. */
const PER_YEAR_MIN = 0.01;
/** Nothing is seen sooner, s. */
const DELAY_MIN = 0.5;

/** Shapes, not colours, tell what a point is: it can be read in grey, too. */
export function tradeOffPicture(scene: TradeOff): string {
  const { name, delayOf, points, frontier, inForce, recommended, budget } = scene;
  const xs = points.map(({ falsePagesPerYear }) => Math.max(PER_YEAR_MIN, falsePagesPerYear));
  const x = logarithmic(Math.min(...xs, budget) / 1.5, Math.max(...xs, budget) * 1.5, [PLOT.left, PLOT.right], 44);
  const ys = points.map(({ delay }) => Math.max(DELAY_MIN, delay));
  const y = logarithmic(Math.min(...ys) / 1.2, Math.max(...ys) * 1.2, [PLOT.bottom, PLOT.top], 24);
  const at = ({ falsePagesPerYear, delay }: TradeOffPoint): Point => [
    x.at(Math.max(PER_YEAR_MIN, falsePagesPerYear)) ?? PLOT.left,
    y.at(Math.max(DELAY_MIN, delay)) ?? PLOT.bottom,
  ];
  const title = `${name}: false pages a year against the delay`;
  return drawing(
    { width: WIDTH, height: HEIGHT, name: title, description: descriptionOf(scene) },
    textAt([24, 32], title, { 'font-size': 16, 'font-weight': 600, fill: LIGHT.text1 }),
    textAt([24, 54], `Seconds to see ${delayOf}, on average; each point is a setting`, { fill: LIGHT.text2 }),
    axes(x, y),
    budgetLine(x, budget),
    ...points.map((point) => circle(at(point), 3, { fill: LIGHT.bars, 'fill-opacity': 0.55 })),
    element('path', { d: trace(steps(frontier.map(at))), fill: 'none', stroke: LIGHT.data, 'stroke-width': 2 }),
    ...frontier.map((point) => circle(at(point), 4.5, { fill: LIGHT.tile, stroke: LIGHT.data, 'stroke-width': 2 })),
    inForce ? square(at(inForce)) : '',
    recommended ? diamond(at(recommended)) : '',
    legend(inForce !== null, recommended !== null),
  );
}

function descriptionOf({ points, frontier, inForce, recommended, delayOf }: TradeOff): string {
  const told = (what: string, point: TradeOffPoint | null): string =>
    point ? ` ${what}: ${short(point.delay)} s at ${short(point.falsePagesPerYear)} false pages a year.` : '';
  const all = `${points.length} settings, of which ${frontier.length} are beaten by no other; the delay is that of ${delayOf}.`;
  return `${all}${told('In force', inForce)}${told('Recommended', recommended)}`;
}

const short = (value: number): number => Number(value.toPrecision(3));

function axes(x: Scale, y: Scale): string {
  const grid = { stroke: LIGHT.text1, 'stroke-opacity': GRID_ALPHA };
  const label = { fill: LIGHT.text3, 'font-size': 11 };
  const rows = y.marks.map(({ value, text }) => {
    const height = y.at(value) as number;
    return (
      straight([PLOT.left, height], [PLOT.right, height], grid) +
      textAt([PLOT.left - 8, height + 4], text, { ...label, 'text-anchor': 'end' })
    );
  });
  const columns = x.marks.map(({ value, text }) => {
    const left = x.at(value) as number;
    return (
      straight([left, PLOT.top], [left, PLOT.bottom], grid) + textAt([left, PLOT.bottom + 18], text, { ...label, 'text-anchor': 'middle' })
    );
  });
  const unit = { fill: LIGHT.text2, 'font-size': 11 };
  return [
    ...rows,
    ...columns,
    straight([PLOT.left, PLOT.bottom], [PLOT.right, PLOT.bottom], { stroke: LIGHT.zero }),
    textAt([PLOT.left - 8, PLOT.top - 10], 's', { ...unit, 'text-anchor': 'end' }),
    textAt([PLOT.right, PLOT.bottom + 36], 'false pages a year to expect', { ...unit, 'text-anchor': 'end' }),
  ].join('');
}

function budgetLine(x: Scale, budget: number): string {
  const left = x.at(budget);
  if (left === null) return '';
  const line = straight([left, PLOT.top], [left, PLOT.bottom], { stroke: LIGHT.text2, 'stroke-dasharray': '4 4' });
  return line + textAt([left + 6, PLOT.top + 10], 'budget', { fill: LIGHT.text2, 'font-size': 11 });
}

/** Between two settings nothing is promised: the line goes down where the next one begins. */
function steps(points: readonly Point[]): Point[] {
  return points.flatMap(([left, top], i) => {
    const before = points[i - 1];
    return before ? [[left, before[1]] as Point, [left, top] as Point] : [[left, top] as Point];
  });
}

function circle([cx, cy]: Point, r: number, attributes: Record<string, string | number>): string {
  return element('circle', { cx: px(cx), cy: px(cy), r, ...attributes });
}

function square([left, top]: Point): string {
  return element('rect', { x: px(left - 9), y: px(top - 9), width: 18, height: 18, fill: 'none', stroke: LIGHT.text1, 'stroke-width': 2 });
}

function diamond([left, top]: Point): string {
  const d = `M${px(left)} ${px(top - 7)}L${px(left + 7)} ${px(top)}L${px(left)} ${px(top + 7)}L${px(left - 7)} ${px(top)}Z`;
  return element('path', { d, fill: LIGHT.dropped, stroke: LIGHT.tile, 'stroke-width': 1.5 });
}

function legend(hasInForce: boolean, hasRecommended: boolean): string {
  const top = HEIGHT - 20;
  const word = (left: number, text: string): string => textAt([left, top + 4], text, { fill: LIGHT.text2 });
  return [
    circle([32, top], 3, { fill: LIGHT.bars, 'fill-opacity': 0.55 }) + word(42, 'a setting'),
    circle([126, top], 4.5, { fill: LIGHT.tile, stroke: LIGHT.data, 'stroke-width': 2 }) + word(138, 'beaten by no other'),
    hasInForce ? square([276, top]) + word(290, 'in force') : '',
    hasRecommended ? diamond([372, top]) + word(388, 'recommended') : '',
  ].join('');
}
