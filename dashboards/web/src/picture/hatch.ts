/** What nobody knows is hatched, in every picture alike. */

const STROKE_PX = 2.4;
const EVERY_PX = 7;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Lines at 45 degrees over a tint, with a solid edge where data stopped. Device pixels; `ratio` of them make a CSS pixel. */
export function hatch(ctx: CanvasRenderingContext2D, { left, top, width, height }: Box, colour: string, ratio: number): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.fillStyle = colour;
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.07;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 0.42;
  ctx.lineWidth = STROKE_PX * ratio * Math.SQRT1_2;
  const step = EVERY_PX * ratio;
  // Anchored to the gap, so that the lines travel with it.
  for (let x = left - height; x < left + width; x += step) {
    ctx.beginPath();
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
    ctx.stroke();
  }
  ctx.restore();
}
