/** Curves against each other on even or logarithmic axes, each named at its end: for documents and benches. */
import { apart } from './apart.ts';
import { type Colour, GRID_ALPHA, LIGHT } from './colours.ts';
import { linear, logarithmic, type Range, type Scale } from './scales.ts';
import { type Box, drawing, element, type Point, px, straight, textAt, trace } from './svg.ts';
import { shortened, textWidth } from './text-width.ts';

export interface Axis {
  /** What it counts, with its unit: `seconds until it paged`. */
  readonly label: string;
  readonly log?: boolean;
}

export interface Series {
  readonly name: string;
  /** In any order of x; what has no place on the axes (no number, zero on a logarithmic one) leaves a hole. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What is compared with, such as a floor that nothing can be under: quiet, without dots. */
  readonly dashed?: boolean;
  readonly colour?: Colour;
}

export interface LinesScene {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** One line below: how it was measured. */
  readonly note?: string;
}

const WIDTH = 720;
const PAD = 16;
const TOP = 78;
const PLOT_HEIGHT = 280;
const TITLE = { size: 15, semibold: true } as const;
const SMALL = { size: 12 } as const;
const NAMES_WIDTH_MAX = 200;
const NAME_LEAST_PX = 16;
/** Names are the last thing before the edge, and not every page has Inter: others are up to so much wider. */
const OTHER_FONTS = 1.12;
/** From the plot's right edge to the names. */
const NAME_GAP = 22;
const MARK_GAP = 8;
const X_MARK_LEAST_PX = 34;
const Y_MARK_LEAST_PX = 22;
/** More dots than this are a line. */
const DOTS_MAX = 60;
const DOT_PX = 2.6;
const COLOURS: readonly Colour[] = ['data', 'dropped', 'ok', 'blind', 'attention', 'text1'];

interface Drawn {
  readonly series: Series;
  readonly colour: string;
  readonly points: readonly (Point | null)[];
}

/** @returns a standalone SVG: light, and dark where the reader's system is; the same scene gives the same text. */
export function linesPicture(scene: LinesScene): string {
  const { title, x, y, series, note } = scene;
  const plotHeight = Math.max(PLOT_HEIGHT, series.length * NAME_LEAST_PX);
  const rows: Range = [TOP + plotHeight, TOP];
  const down = scaleOf(y, numbersOf(series, 1), rows, Y_MARK_LEAST_PX);
  const marksWidth = Math.max(...down.marks.map(({ text }) => textWidth(text, SMALL)), 0);
  const names = series.map(({ name }) => shortened(name, SMALL, NAMES_WIDTH_MAX));
  const namesWidth = OTHER_FONTS * Math.max(...names.map((name) => textWidth(name, { ...SMALL, semibold: true })), 0);
  const left = Math.ceil(PAD + marksWidth + MARK_GAP);
  const plot = { left, top: TOP, width: Math.floor(WIDTH - PAD - namesWidth - NAME_GAP - left), height: plotHeight };
  const across = scaleOf(x, numbersOf(series, 0), [left, left + plot.width], X_MARK_LEAST_PX);
  const drawn = drawnOf(series, across, down);
  const foot = TOP + plotHeight;
  const height = foot + (note ? 72 : 50);
  const room = WIDTH - 2 * PAD;
  return drawing(
    { width: WIDTH, height, name: title, description: describe(scene) },
    textAt([PAD, 32], shortened(title, TITLE, room), { 'font-size': TITLE.size, 'font-weight': 600, fill: LIGHT.text1 }),
    textAt([PAD, 58], shortened(y.label, SMALL, room), { fill: LIGHT.text2 }),
    grid(plot, across, down),
    ...drawn.map(curve),
    ends(drawn, names, plot),
    textAt([left + plot.width, foot + 38], shortened(x.label, SMALL, plot.width), { fill: LIGHT.text2, 'text-anchor': 'end' }),
    note ? textAt([PAD, foot + 58], shortened(note, SMALL, room), { fill: LIGHT.text3 }) : '',
    drawn.every(({ points }) => points.every((point) => point === null)) ? nothing(plot) : '',
  );
}

function numbersOf(series: readonly Series[], which: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[which])).filter((value) => Number.isFinite(value));
}

function scaleOf({ log = false }: Axis, values: readonly number[], range: Range, leastPx: number): Scale {
  const placed = values.filter((value) => value > 0);
  const most = placed.reduce((a, b) => Math.max(a, b), 0) || 1;
  if (!log) return linear(most, range);
  return logarithmic(
    placed.reduce((a, b) => Math.min(a, b), most),
    most,
    range,
    leastPx,
  );
}

function drawnOf(series: readonly Series[], across: Scale, down: Scale): Drawn[] {
  const free = COLOURS.filter((colour) => !series.some((one) => one.colour === colour));
  let taken = 0;
  const next = (): Colour => free[taken++ % free.length] ?? 'data';
  return series.map((one) => ({
    series: one,
    colour: LIGHT[one.colour ?? (one.dashed ? 'text3' : next())],
    points: one.points
      .toSorted(([a], [b]) => a - b)
      .map(([x, y]) => {
        const [toRight, fromTop] = [across.at(x), down.at(y)];
        return toRight === null || fromTop === null ? null : ([toRight, fromTop] as const);
      }),
  }));
}

function grid(plot: Box, across: Scale, down: Scale): string {
  const [right, foot] = [plot.left + plot.width, plot.top + plot.height];
  const stroke = { stroke: LIGHT.text1, 'stroke-opacity': GRID_ALPHA };
  const crisp = (place: number | null): number => Math.round(place as number) + 0.5;
  const columns = across.marks.map(({ value, text }) => ({ text, at: crisp(across.at(value)) }));
  const rows = down.marks.map(({ value, text }) => ({ text, at: crisp(down.at(value)) }));
  return [
    element('g', stroke, ...columns.map(({ at }) => straight([at, plot.top], [at, foot], {}))),
    element('g', stroke, ...rows.map(({ at }) => straight([plot.left, at], [right, at], {}))),
    straight([plot.left, foot + 0.5], [right, foot + 0.5], { stroke: LIGHT.zero }),
    ...columns.map(({ at, text }) => textAt([at, foot + 18], text, { fill: LIGHT.text3, 'text-anchor': 'middle' })),
    ...rows.map(({ at, text }) => textAt([plot.left - MARK_GAP, at + 4], text, { fill: LIGHT.text3, 'text-anchor': 'end' })),
  ].join('');
}

function curve({ series, colour, points }: Drawn): string {
  const shape = { fill: 'none', stroke: colour, 'stroke-linejoin': 'round' };
  if (series.dashed) return element('path', { d: trace(points), ...shape, 'stroke-width': 1.5, 'stroke-dasharray': '5 4' });
  const known = points.filter((point) => point !== null);
  const dots =
    known.length > DOTS_MAX ? [] : known.map(([cx, cy]) => element('circle', { cx: px(cx), cy: px(cy), r: DOT_PX, fill: colour }));
  return element('path', { d: trace(points), ...shape, 'stroke-width': 2 }) + dots.join('');
}

/** Names beside the curves' ends, apart from each other, each led to by a thin line. */
function ends(drawn: readonly Drawn[], names: readonly string[], { left, top, width, height }: Box): string {
  const ended = drawn.flatMap((one, i) => {
    const end = one.points.findLast((point) => point !== null);
    return end ? [{ ...one, name: names[i] as string, end }] : [];
  });
  const places = apart(
    ended.map(({ end }) => end[1]),
    NAME_LEAST_PX,
    [top, top + height],
  );
  const right = left + width;
  return ended
    .map(({ name, colour, end: [x, y] }, i) => {
      const place = places[i] as number;
      const lead = trace([
        [x + DOT_PX + 1, y],
        [Math.max(x + DOT_PX + 1, right + 4), y],
        [right + NAME_GAP - 4, place],
      ]);
      const line = element('path', { d: lead, fill: 'none', stroke: colour, 'stroke-opacity': 0.35 });
      return line + textAt([right + NAME_GAP, place + 4], name, { fill: colour, 'font-weight': 600 });
    })
    .join('');
}

function nothing({ left, top, width, height }: Box): string {
  return textAt([left + width / 2, top + height / 2], 'no data', { fill: LIGHT.text3, 'text-anchor': 'middle' });
}

function describe({ x, y, series, note }: LinesScene): string {
  const curves = series.map(({ name, points }) => {
    const known = points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b)).toSorted(([a], [b]) => a - b);
    const [first, last] = [known[0], known.at(-1)];
    return first && last ? `${name}: ${first[1]} at ${first[0]}, ${last[1]} at ${last[0]}.` : `${name}: no data.`;
  });
  return [`${y.label} against ${x.label}.`, ...curves, note ?? ''].join(' ').trim();
}
