/** What nobody knows is hatched, in every picture alike: never drawn as zero. */
import { LIGHT } from './colours.ts';
import { type Box, clipped, px, rectangle, straight } from './svg.ts';

const STROKE_PX = 1.7;
const EVERY_PX = 7;
const TINT_ALPHA = 0.07;
const LINES_ALPHA = 0.42;

/** Lines at 45 degrees over a tint, with a solid edge where data stopped. */
export function hatched(box: Box): string {
  const { left, top, width, height } = box;
  let lines = '';
  for (let x = left - height; x < left + width; x += EVERY_PX) lines += `M${px(x)} ${px(top + height)}l${px(height)} ${px(-height)}`;
  const stroke = { stroke: LIGHT.blind, 'stroke-opacity': LINES_ALPHA };
  return clipped(
    box,
    rectangle(box, { fill: LIGHT.blind, 'fill-opacity': TINT_ALPHA }),
    `<path d="${lines}" stroke="${stroke.stroke}" stroke-opacity="${LINES_ALPHA}" stroke-width="${STROKE_PX}"/>`,
    straight([left + 0.5, top], [left + 0.5, top + height], { stroke: LIGHT.blind }),
  );
}
