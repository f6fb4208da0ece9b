/** Pixels to a PNG of at most 256 colours: a third of the size of one that spells out every pixel, for what travels by mail. */
import { crc32, deflateSync } from 'node:zlib';

const COLOURS_MAX = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Eight bits a pixel, each the number of a colour. @see PNG specification, section 11.2.1 */
const DEPTH = 8;
const INDEXED = 3;
/** A level more is a tenth smaller and takes nine times as long. */
const LEVEL = 6;

/**
 * The most frequent colours stay as they are; what is rarer (edges of letters and lines) becomes the nearest of those.
 *
 * @param rgba  red, green, blue (each times alpha) and alpha of each pixel, row by row, on a four-byte boundary; becomes opaque on white
 */
export function indexedPng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  for (let i = 0; i < pixels.length; i++) if ((pixels[i] as number) < OPAQUE) pixels[i] = onWhite(pixels[i] as number);
  const palette = paletteOf(pixels);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([DEPTH, INDEXED], 8);
  const colours = Buffer.from(Uint32Array.from(palette).buffer);
  const rgb = palette.flatMap((_, i) => [...colours.subarray(4 * i, 4 * i + 3)]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(rgb)),
    chunk('IDAT', deflateSync(rowsOf(pixels, palette, width, height), { level: LEVEL })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A pixel is a little-endian number: alpha stands highest, and full alpha is the most there is. */
const OPAQUE = 0xff000000;

function onWhite(pixel: number): number {
  const rest = 0xff - (pixel >>> 24);
  const [red, green, blue] = [0, 8, 16].map((bits) => Math.min(0xff, ((pixel >>> bits) & 0xff) + rest)) as [number, number, number];
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}

function paletteOf(pixels: Uint32Array): number[] {
  const seen = new Map<number, number>();
  let run = 0;
  for (let i = 0; i < pixels.length; i++) {
    run++;
    const pixel = pixels[i] as number;
    // Most pixels are like their neighbour: the map is asked once a run.
    if (pixels[i + 1] === pixel) continue;
    seen.set(pixel, (seen.get(pixel) ?? 0) + run);
    run = 0;
  }
  const byNumber = [...seen].sort(([one, n], [other, m]) => m - n || one - other);
  return byNumber.slice(0, COLOURS_MAX).map(([pixel]) => pixel);
}

/** Each row begins with its filter: none, because neighbours are not near by their numbers. */
function rowsOf(pixels: Uint32Array, palette: readonly number[], width: number, height: number): Buffer {
  const numbers = new Map(palette.map((pixel, number) => [pixel, number]));
  const rows = Buffer.alloc((width + 1) * height);
  let last = palette[0] as number;
  let number = 0;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] as number;
    if (pixel !== last) {
      last = pixel;
      number = numbers.get(pixel) ?? nearestTo(pixel, palette);
      numbers.set(pixel, number);
    }
    rows[i + Math.floor(i / width) + 1] = number;
  }
  return rows;
}

function nearestTo(pixel: number, palette: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [number, colour] of palette.entries()) {
    const distance = [0, 8, 16].reduce((sum, bits) => sum + (((pixel >>> bits) & 0xff) - ((colour >>> bits) & 0xff)) ** 2, 0);
    if (distance >= least) continue;
    least = distance;
    best = number;
  }
  return best;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
