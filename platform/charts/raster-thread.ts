/** The thread in which pictures become pixels: whatever one costs, seconds go on being decided beside it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

/** What png.ts asks, and what it is answered. */
export interface Asked {
  readonly id: number;
  readonly svg: string;
}
export type Answered = { readonly id: number; readonly png: Uint8Array } | { readonly id: number; readonly error: string };

const SCALE = 2;
/** Sixteen million pixels are 64 MB while they are drawn. */
const PIXELS_MAX = 16_000_000;
const WEIGHTS = [400, 600];

/** Letters beyond the two that every picture has. The font's own subsets, by the alphabets they hold. */
const MORE_LETTERS: readonly [subset: string, holds: RegExp][] = [
  ['latin-ext', /[\u0100-\u02ba\u02bd-\u02c5\u02d8-\u02d9\u1e00-\u1e9f\u20a0-\u20c0]/],
  ['vietnamese', /[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]/],
  ['cyrillic', /[\u0400-\u045f\u0490\u0491\u2116]/],
  ['cyrillic-ext', /[\u0460-\u048f\u0492-\u052f]/],
  ['greek-ext', /[\u1f00-\u1fff]/],
];

const { resolve } = createRequire(import.meta.url);
const buffers = new Map<string, Uint8Array[]>();

function font(subset: string): Uint8Array[] {
  const known = buffers.get(subset);
  if (known) return known;
  const read = WEIGHTS.map(
    (weight) => new Uint8Array(readFileSync(resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`))),
  );
  buffers.set(subset, read);
  return read;
}

function rasterOf(svg: string): Uint8Array {
  const subsets = ['latin', 'greek', ...MORE_LETTERS.flatMap(([subset, holds]) => (holds.test(svg) ? [subset] : []))];
  const fonts = { fontBuffers: subsets.flatMap(font), defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' };
  const picture = new Resvg(svg, { fitTo: { mode: 'zoom', value: SCALE }, font: fonts });
  try {
    const pixels = picture.width * picture.height * SCALE * SCALE;
    if (!(pixels <= PIXELS_MAX)) throw new Error(`it would have ${Math.round(pixels)} pixels, ${PIXELS_MAX} are allowed`);
    const image = picture.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    picture.free();
  }
}

await initWasm(readFileSync(resolve('@resvg/resvg-wasm/index_bg.wasm')));
parentPort?.on('message', ({ id, svg }: Asked) => {
  try {
    const png = rasterOf(svg);
    parentPort?.postMessage({ id, png } satisfies Answered, [png.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answered);
  }
});
