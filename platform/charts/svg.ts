/** SVG as text: elements, paths with holes, words that cannot break out. */
import { darkRules, LIGHT } from './colours.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Pixels from the left and from the top. */
export type Point = readonly [x: number, y: number];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const FONT = "Inter, 'Inter Variable', system-ui, -apple-system, 'Segoe UI', Arial, sans-serif";
const CLASS_NAME = 'plummet-picture';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for content and attributes; what XML cannot hold (control characters, halves of pairs) is left out. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string).replace(/[^\P{Cc}\t\n\r]|[\p{Cs}\uFFFE\uFFFF]/gu, '');
}

/** A tenth of a pixel is finer than anybody sees; the same picture is the same text. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

/** Attributes that are undefined are left out; numbers of pixels are rounded by `px` by who gives them. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(String(value))}"`]));
  const head = `<${name}${given.join('')}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.join('')}</${name}>`;
}

/** @param words  what is to be read, not yet escaped */
export function textAt([x, y]: Point, words: string, attributes: Attributes): string {
  return element('text', { x: px(x), y: px(y), ...attributes }, escaped(words));
}

export function straight([x1, y1]: Point, [x2, y2]: Point, attributes: Attributes): string {
  return element('line', { x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2), ...attributes });
}

export function rectangle({ left, top, width, height }: Box, attributes: Attributes): string {
  return element('rect', { x: px(left), y: px(top), width: px(width), height: px(height), ...attributes });
}

/** What is drawn within is cut off at the box's edges, without an id that two pictures on a page could share. */
export function clipped({ left, top, width, height }: Box, ...children: readonly string[]): string {
  const place = { x: px(left), y: px(top), width: px(width), height: px(height) };
  return element('svg', { ...place, viewBox: `${place.x} ${place.y} ${place.width} ${place.height}`, overflow: 'hidden' }, ...children);
}

/** The path through all points, broken where one is null. A point alone is a dash as long as the line is wide. */
export function trace(points: readonly (Point | null)[]): string {
  let path = '';
  points.forEach((point, i) => {
    if (!point) return;
    const [x, y] = point;
    if (points[i - 1]) path += `L${px(x)} ${px(y)}`;
    else path += `M${px(x)} ${px(y)}${points[i + 1] ? '' : 'h.1'}`;
  });
  return path;
}

/** The closed path around what lies between two lines, over each stretch in which both are known. */
export function between(upper: readonly (Point | null)[], lower: readonly (Point | null)[]): string {
  let path = '';
  let start = 0;
  const known = (i: number): boolean => Boolean(upper[i] && lower[i]);
  while (start < upper.length) {
    if (!known(start)) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < upper.length && known(end)) end++;
    const around = [...upper.slice(start, end), ...lower.slice(start, end).reverse()];
    if (end - start > 1) path += `${trace(around)}Z`;
    start = end;
  }
  return path;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Where the picture begins, 0 where left out: what lies above is not shown. */
  readonly top?: number;
  /** What it shows, in one sentence: its name for who cannot see it. */
  readonly name: string;
  /** The rest, in sentences. */
  readonly description: string;
}

/** A picture that stands by itself, on its own ground, so that it can be read on any page. */
export function drawing({ width, height, top = 0, name, description }: Drawing, ...children: readonly string[]): string {
  const viewBox = `0 ${top} ${width} ${height}`;
  const root = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox, class: CLASS_NAME, role: 'img' };
  const ground = { left: 0.5, top: top + 0.5, width: width - 1, height: height - 1 };
  return element(
    'svg',
    { ...root, 'font-family': FONT, 'font-size': 12, 'aria-label': name },
    element('title', {}, escaped(name)),
    element('desc', {}, escaped(description)),
    element('style', {}, darkRules(CLASS_NAME)),
    rectangle(ground, { rx: 9, fill: LIGHT.tile, stroke: LIGHT.line }),
    ...children,
  );
}
