/** A fall as a picture for mail, documents and pages: the last ten minutes beside the last minute, and its derivative below. */
import { capitalised, fallSentence, inert, rateChange } from '../../alerting/incident/words.ts';
import { showClock, showDay, showZone } from '../units/clock-time.ts';
import { showDuration } from '../units/duration.ts';
import { showSigmas, showSlope, showTenths } from '../units/numbers.ts';
import { showRate } from '../units/rate.ts';
import { markText, minuteMarks } from './axis.ts';
import { BAND_ALPHA, LIGHT } from './colours.ts';
import { type FallFigure, type FallScene, figureOf, gapsOf } from './fall-figure.ts';
import { DAY_STYLE, HOUR_STYLE, type Panel, panelPicture, secondMarks, stripY, USUAL_STYLE, xOf } from './fall-panel.ts';
import { hatched } from './hatch.ts';
import { linear } from './scales.ts';
import { drawing, rectangle, straight, textAt } from './svg.ts';
import { shortened, textWidth } from './text-width.ts';

export type { FallScene } from './fall-figure.ts';

/** As wide as a mail's text. */
const WIDTH = 536;
const HEIGHT = 330;
const PAD = 16;
const BETWEEN = 24;
/** For the labels of both axes, at the right of the newest second. */
const GUTTER = 56;
const MINUTE_WIDTH = 152;
const SWATCH_PX = 16;
const SWATCH_GAP = 6;
const LEGEND_GAP = 16;
const TITLE = { size: 15, semibold: true } as const;
const SMALL = { size: 12 } as const;
const PLOT = { top: 88, height: 112 } as const;
const STRIP = { top: 222, height: 46 } as const;
const TIMES_Y = 284;
const LEGEND_Y = 312;

/** What stands above it is the sentence. */
const BARE_TOP = 54;

const SHOWN_SECONDS = 600;
/** The fall and what came before it have to fit into the right one. */
const CLOSE_SECONDS = [60, 120, 300] as const;
const BEFORE_FALL_SECONDS = 20;
/** After the page there are at most so many seconds in the ten minutes. */
const AFTER_PAGE_SECONDS_MAX = 360;
/** A normal beyond so many times usual is told, not drawn: it would flatten the fall. */
const NORMAL_TIMES_MAX = 3;

/** @returns a standalone SVG: light, and dark where the reader's system is; the same scene gives the same text. */
export function fallPicture(scene: FallScene): string {
  const figure = figureOf(scene);
  const rates = linear(heightNeeded(scene, figure), [PLOT.top + PLOT.height, PLOT.top]);
  const [ten, close] = panelsOf(scene, figure, rates);
  const top = scene.isBare ? BARE_TOP : 0;
  return drawing(
    { width: WIDTH, height: HEIGHT - top, top, name: sentenceOf(scene, inert(scene.name)), description: describe(scene, figure, ten) },
    scene.isBare ? '' : heading(scene),
    captions(scene, ten, close),
    panelPicture(ten),
    panelPicture(close),
    rateLabels(scene, close),
    stripLabels(scene, close),
    timeLabels(scene, ten, close),
    legend(scene, figure),
    noDataBefore(figure, ten),
  );
}

const zoneOf = ({ timeZone = 'UTC' }: FallScene): string => timeZone;

/** `orders fell 62% in 4 s: 118/s to 45/s`, in the words of every other message. */
function sentenceOf(scene: FallScene, name: string): string {
  const change = rateChange({ rateBefore: scene.usual, rateAfter: scene.rateAfter });
  return `${fallSentence({ ...scene, metric: name }, zoneOf(scene))}: ${change}`;
}

/** 1.5 times usual, the whole band, the whole mean, and each notion of normal that is near enough. */
function heightNeeded({ hour, day, rateAfter }: FallScene, { usual, band, calm, fallen }: FallFigure): number {
  const drawn = [...calm, ...fallen].reduce<number>((most, value) => Math.max(most, value ?? 0), rateAfter);
  const normals = [hour ?? 0, day ?? 0].filter((rate) => rate <= NORMAL_TIMES_MAX * usual);
  return Math.max(1.5 * usual, band[1], drawn * 1.08, ...normals.map((rate) => rate * 1.05));
}

function panelsOf(scene: FallScene, figure: FallFigure, rates: Panel['rates']): [ten: Panel, close: Panel] {
  const paged = scene.at + 1;
  const newest = figure.start + figure.raw.length;
  const end = Math.max(paged, scene.isLive ? newest : Math.min(newest, paged + AFTER_PAGE_SECONDS_MAX));
  const fallSeconds = paged - scene.from;
  const span = CLOSE_SECONDS.find((seconds) => seconds >= fallSeconds + BEFORE_FALL_SECONDS) ?? CLOSE_SECONDS[2];
  const isPast = scene.from - BEFORE_FALL_SECONDS < end - SHOWN_SECONDS;
  const closeEnd = isPast ? end : Math.min(end, paged + Math.max(0, Math.floor((span - fallSeconds) / 2)));
  const tenWidth = WIDTH - PAD - BETWEEN - MINUTE_WIDTH - GUTTER;
  const panel = (left: number, width: number, seconds: number, to: number): Omit<Panel, 'times' | 'marksFall'> => {
    return { scene, figure, rates, plot: { left, width, ...PLOT }, strip: { left, width, ...STRIP }, from: to - seconds, to };
  };
  const ten = panel(PAD, tenWidth, SHOWN_SECONDS, end);
  const close = panel(PAD + tenWidth + BETWEEN, MINUTE_WIDTH, span, closeEnd);
  return [
    { ...ten, times: minuteMarks(ten.from, ten.to, tenWidth), marksFall: false },
    { ...close, times: secondMarks(close.from, close.to, MINUTE_WIDTH), marksFall: true },
  ];
}

function heading(scene: FallScene): string {
  const { from, steepness, threshold } = scene;
  const widthMax = WIDTH - 2 * PAD;
  const roomForName = widthMax - textWidth(sentenceOf(scene, ''), TITLE);
  const name = shortened(inert(scene.name), TITLE, roomForName);
  const ms = from * 1000;
  const since = `since ${showClock(ms, zoneOf(scene))} ${showZone(ms, zoneOf(scene))}, ${showDay(ms, zoneOf(scene))}`;
  const sure = `${showSigmas(steepness)}, pages at ${showTenths(threshold)}`;
  return [
    textAt([PAD, 30], sentenceOf(scene, name), { 'font-size': TITLE.size, 'font-weight': 600, fill: LIGHT.text1 }),
    textAt([PAD, 50], since, { fill: LIGHT.text2 }),
    textAt([WIDTH - PAD, 50], sure, { fill: LIGHT.text2, 'text-anchor': 'end' }),
  ].join('');
}

/** What the caption has of its line, where gaps are told of on the rest. */
const GAP_SHARE = 0.75;
const STRONG = { ...SMALL, semibold: true } as const;

/** A name is set in semibold, wherever it stands: in that weight further letters can be drawn. */
const captionStyle = ({ isBare }: FallScene) => (isBare ? STRONG : SMALL);

const CLOSE_WORDS: Readonly<Record<number, string>> = { 60: 'minute', 120: '2 minutes', 300: '5 minutes' };

function tenWords(panel: Panel): string {
  const { to, scene, plot } = panel;
  const when = scene.isLive || to === scene.at + 1 ? 'last 10 minutes' : '10 minutes around it';
  if (!scene.isBare) return `Events/s, ${when}`;
  const words = `/s, ${when}`;
  const room = plot.width * (secondsMissing(panel) > 0 ? GAP_SHARE : 1);
  return `${capitalised(shortened(inert(scene.name), STRONG, room - textWidth(words, STRONG)))}${words}`;
}

function captions(scene: FallScene, ten: Panel, close: Panel): string {
  const paged = scene.at + 1;
  const span = CLOSE_WORDS[close.to - close.from] as string;
  const right = close.to === paged || close.from > paged ? `Last ${span}, each second` : `The ${span} around it`;
  return [
    textAt([ten.plot.left, PLOT.top - 12], tenWords(ten), { fill: LIGHT.text2, ...(scene.isBare && { 'font-weight': 600 }) }),
    textAt([close.plot.left, PLOT.top - 12], right, { fill: LIGHT.text2 }),
    textAt([ten.plot.left, STRIP.top - 7], 'Change, % of usual per second', { fill: LIGHT.text2 }),
    slopeLabel(scene, close),
    gapLabel(ten),
  ].join('');
}

/** Beside the line of the fall's first second, where there is room. */
function slopeLabel({ derivative, from }: FallScene, close: Panel): string {
  if (from < close.from) return '';
  const words = showSlope(derivative);
  const line = xOf(close, from);
  const isLeft = line - LABEL_GAP - textWidth(words, { ...SMALL, semibold: true }) >= close.plot.left;
  const x = isLeft ? line - SWATCH_GAP : Math.max(close.plot.left, line + SWATCH_GAP);
  const strong = { fill: LIGHT.dropped, 'font-weight': 600, 'text-anchor': isLeft ? 'end' : 'start' };
  return textAt([x, STRIP.top - 7], words, strong);
}

/** What the hatching means, and for how long nothing was known. */
function gapLabel(ten: Panel): string {
  const seconds = secondsMissing(ten);
  if (seconds === 0) return '';
  const room = ten.plot.width - textWidth(tenWords(ten), captionStyle(ten.scene)) - LEGEND_GAP - SWATCH_PX - SWATCH_GAP;
  const long = `no data for ${showDuration(seconds * 1000)}`;
  const words = textWidth(long, SMALL) <= room ? long : 'no data';
  const x = rightOf(ten) - textWidth(words, SMALL) - SWATCH_GAP - SWATCH_PX;
  const box = { left: x, top: PLOT.top - 22, width: SWATCH_PX, height: 12 };
  return hatched(box) + textAt([x + SWATCH_PX + SWATCH_GAP, PLOT.top - 12], words, { fill: LIGHT.text2 });
}

function secondsMissing({ figure, from, to }: Panel): number {
  return gapsOf(figure, to).reduce((sum, gap) => sum + Math.max(0, gap.to - Math.max(from, gap.from)), 0);
}

const rightOf = ({ plot }: Panel): number => plot.left + plot.width;
/** Labels that stand nearer than this would touch. */
const LABEL_PX = 13;
const LABEL_GAP = 8;

/** What is left is told among the axis' own labels, which make room for it. */
function rateLabels({ rateAfter, at }: FallScene, close: Panel): string {
  const x = rightOf(close) + LABEL_GAP;
  const y = close.rates.at(rateAfter);
  const told = close.to === at + 1 && y !== null ? y : null;
  const marks = close.rates.marks.map(({ value, text }) => ({ text, y: close.rates.at(value) as number }));
  const free = marks.filter((mark) => told === null || Math.abs(mark.y - told) >= LABEL_PX);
  const left = rateAfter >= 1000 ? markText(Number(rateAfter.toPrecision(3))) : showRate(rateAfter);
  const strong = { fill: LIGHT.dropped, 'font-weight': 600 };
  return [
    ...free.map((mark) => textAt([x, mark.y + 4], mark.text, { fill: LIGHT.text3 })),
    told === null ? '' : textAt([x + 2, told + 4], left, strong),
  ].join('');
}

function stripLabels({ derivativeThreshold = -3 }: FallScene, close: Panel): string {
  const x = rightOf(close) + LABEL_GAP;
  const zero = stripY(close.strip, 0);
  const level = derivativeThreshold === null ? null : stripY(close.strip, derivativeThreshold);
  const fill = { fill: LIGHT.text3 };
  return [
    level === null || level - zero >= LABEL_PX ? textAt([x, zero + 4], '0', fill) : '',
    level === null ? '' : textAt([x, level + 4], showTenths(derivativeThreshold as number), fill),
  ].join('');
}

/** A label may reach so far beyond its panel. */
const OVERHANG_PX = 12;

function timeLabels(scene: FallScene, ten: Panel, close: Panel): string {
  let taken = 0;
  return [ten, close]
    .flatMap((panel) =>
      panel.times.map((second) => {
        const clock = showClock(second * 1000, zoneOf(scene));
        const words = second % 60 === 0 ? clock.slice(0, 5) : clock.slice(5);
        const x = xOf(panel, second);
        const half = textWidth(words, SMALL) / 2;
        const outside = x - half < panel.plot.left - OVERHANG_PX || x + half > rightOf(panel) + OVERHANG_PX;
        if (outside || x - half < taken + LABEL_GAP) return '';
        taken = x + half;
        return textAt([x, TIMES_Y], words, { fill: LIGHT.text3, 'text-anchor': 'middle' });
      }),
    )
    .join('');
}

/** Large rates in as few digits as are told apart. */
const shortRate = (rate: number): string => (rate >= 100_000 ? `${markText(Number(rate.toPrecision(3)))}/s` : showRate(rate));

/** What each quiet line is, with its number: whatever fell is compared with these. */
function legend({ hour, day }: FallScene, figure: FallFigure): string {
  const off = (rate: number): string => (rate > NORMAL_TIMES_MAX * figure.usual ? ' (above)' : '');
  const line = (style: Readonly<Record<string, string | number>>) => (x: number) =>
    straight([x, LEGEND_Y - 4], [x + SWATCH_PX, LEGEND_Y - 4], style);
  const box = (x: number) => ({ left: x, top: LEGEND_Y - 10, width: SWATCH_PX, height: 12 });
  const usual = (x: number): string => rectangle(box(x), { fill: LIGHT.data, 'fill-opacity': BAND_ALPHA }) + line(USUAL_STYLE)(x);
  const items: [words: string, swatch: (x: number) => string][] = [[`usual ${shortRate(figure.usual)}`, usual]];
  if (hour !== null) items.push([`last hour ${shortRate(hour)}${off(hour)}`, line(HOUR_STYLE)]);
  if (day !== null) items.push([`this time of day ${shortRate(day)}${off(day)}`, line(DAY_STYLE)]);
  let x = PAD;
  return items
    .map(([words, swatch]) => {
      const drawn = swatch(x) + textAt([x + SWATCH_PX + SWATCH_GAP, LEGEND_Y], words, { fill: LIGHT.text2 });
      x += SWATCH_PX + SWATCH_GAP + textWidth(words, SMALL) + LEGEND_GAP;
      return drawn;
    })
    .join('');
}

/** Time before the first known second is blank, and says so where the words fit. */
function noDataBefore(figure: FallFigure, ten: Panel): string {
  const first = figure.raw.findIndex((count) => count !== null);
  const right = Math.min(rightOf(ten), first < 0 ? rightOf(ten) : xOf(ten, figure.start + first));
  const words = 'no data yet';
  if (right - ten.plot.left < textWidth(words, SMALL) + 2 * LABEL_GAP) return '';
  const middle = PLOT.top + PLOT.height / 2 + 4;
  return textAt([(ten.plot.left + right) / 2, middle], words, { fill: LIGHT.text3, 'text-anchor': 'middle' });
}

function describe(scene: FallScene, figure: FallFigure, ten: Panel): string {
  const clock = (second: number): string => showClock(second * 1000, zoneOf(scene));
  const missing = secondsMissing(ten);
  const normals = [
    scene.hour === null ? '' : `, the last hour's ${showRate(scene.hour)}`,
    scene.day === null ? '' : `, this time of day's ${showRate(scene.day)}`,
  ].join('');
  const zone = showZone(scene.from * 1000, zoneOf(scene));
  const speed = showSlope(scene.derivative);
  return [
    `The rate from ${clock(ten.from)} to ${clock(ten.to)} ${zone}, beside it the time around the fall.`,
    `Usual is ${showRate(figure.usual)}${normals}.`,
    `From ${clock(scene.from)} on it changed by ${speed} of usual to ${showRate(scene.rateAfter)}, paged at ${clock(scene.at)}.`,
    missing > 0 ? `For ${showDuration(missing * 1000)} of it there is no data.` : '',
  ]
    .join(' ')
    .trim();
}
