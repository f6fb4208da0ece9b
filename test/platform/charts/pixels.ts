/** What stands in a PNG of eight bits a colour and an alpha, or of numbered colours: its size, and every pixel. */
import { inflateSync } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each, row by row. */
  readonly bytes: Buffer;
}

export function pixelsOf(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const data = inflateSync(chunksOf(bytes, 'IDAT'));
  const isIndexed = bytes[25] === 3;
  return { width, height, bytes: isIndexed ? coloured(data, chunksOf(bytes, 'PLTE'), width) : unfiltered(data, width * 4, height) };
}

function chunksOf(png: Buffer, type: string): Buffer {
  const found: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === type) found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return Buffer.concat(found);
}

/** One number of a colour a pixel, rows unfiltered. */
function coloured(data: Buffer, palette: Buffer, width: number): Buffer {
  const height = data.length / (width + 1);
  const out = Buffer.alloc(4 * width * height, 0xff);
  for (let y = 0; y < height; y++) {
    if (data[y * (width + 1)] !== 0) throw new Error('a row of numbered colours has a filter');
    for (let x = 0; x < width; x++) {
      palette.copy(out, 4 * (y * width + x), 3 * data[y * (width + 1) + 1 + x]!, 3 * data[y * (width + 1) + 1 + x]! + 3);
    }
  }
  return out;
}

/** @param colour  `#b84300`, whatever the alpha */
export function countOf({ width, height, bytes }: Pixels, colour: string, inside = (_x: number, _y: number): boolean => true): number {
  const wanted = Number.parseInt(colour.slice(1), 16);
  let found = 0;
  for (let i = 0; i < width * height; i++) {
    if (bytes.readUIntBE(i * 4, 3) === wanted && inside(i % width, Math.floor(i / width))) found++;
  }
  return found;
}

/** @see PNG specification, section 9: each row says in its first byte what its bytes are differences to. */
function unfiltered(raw: Buffer, rowBytes: number, height: number): Buffer {
  const out = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)] as number;
    for (let i = 0; i < rowBytes; i++) {
      const here = y * rowBytes + i;
      const left = i >= 4 ? out[here - 4]! : 0;
      const above = y > 0 ? out[here - rowBytes]! : 0;
      const corner = i >= 4 && y > 0 ? out[here - rowBytes - 4]! : 0;
      const guess = guessOf(filter, left, above, corner);
      out[here] = raw[y * (rowBytes + 1) + 1 + i]! + guess;
    }
  }
  return out;
}

function guessOf(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  return filter === 4 ? paeth(left, above, corner) : 0;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
