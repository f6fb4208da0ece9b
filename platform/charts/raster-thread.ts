/** The thread in which pictures become pixels: whatever one costs, seconds go on being decided beside it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { type FallScene, fallPicture } from './fall.ts';
import { indexedPng } from './indexed-png.ts';

/** An SVG as it stands, or a fall to be drawn first: what a page carries costs the thread that pages nothing. */
export type Asked = { readonly svg: string } | { readonly scene: FallScene };

/** What is answered to each; after the last one the thread ends. */
export type Answered = { readonly last: boolean } & ({ readonly png: Uint8Array } | { readonly error: string });

const SCALE = 2;
/** Sixteen million pixels are 64 MB while they are drawn. */
const PIXELS_MAX = 16_000_000;
/** Faces of every picture, and of letters beyond them: names stand in headings, which are semibold. */
const FACES = ['latin-400', 'latin-600', 'greek-400', 'greek-600'];
const MORE_FACES: readonly [face: string, holds: RegExp][] = [
  ['latin-ext-600', /[\u0100-\u02ba\u02bd-\u02c5\u02d8\u02d9\u1e00-\u1e9f\u20a0-\u20c0]/],
  ['vietnamese-600', /[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]/],
  ['cyrillic-600', /[\u0400-\u045f\u0490\u0491\u2116]/],
  ['cyrillic-ext-600', /[\u0460-\u048f\u0492-\u052f]/],
  ['greek-ext-600', /[\u1f00-\u1fff]/],
];
/** What no face holds would be a box for each sign: it is left out, visibly. */
const IN_NO_FACE =
  /[\u0530-\u1dff\u2070-\u209f\u20c1-\u2115\u2117-\u2121\u2123-\u2190\u2192\u2194-\u2211\u2213\u2214\u2216-\ufefe\u{10000}-\u{10ffff}]+/gu;

const { resolve } = createRequire(import.meta.url);
const buffers = new Map<string, Uint8Array>();

function font(face: string): Uint8Array {
  const known = buffers.get(face);
  if (known) return known;
  const read = new Uint8Array(readFileSync(resolve(`@fontsource/inter/files/inter-${face}-normal.woff2`)));
  buffers.set(face, read);
  return read;
}

/** A name of which nothing could be drawn is no name: it stands beside the picture. */
function readable(scene: FallScene): FallScene {
  return /[\p{L}\p{N}]/u.test(scene.name.replace(IN_NO_FACE, '')) ? scene : { ...scene, name: 'events' };
}

function rasterOf(asked: Asked): Uint8Array {
  const svg = ('svg' in asked ? asked.svg : fallPicture(readable(asked.scene))).replace(IN_NO_FACE, '…');
  const faces = [...FACES, ...MORE_FACES.flatMap(([face, holds]) => (holds.test(svg) ? [face] : []))];
  const fonts = { fontBuffers: faces.map(font), defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' };
  const picture = new Resvg(svg, { fitTo: { mode: 'zoom', value: SCALE }, font: fonts });
  try {
    const pixels = picture.width * picture.height * SCALE * SCALE;
    if (!(pixels <= PIXELS_MAX)) throw new Error(`it would have ${Math.round(pixels)} pixels, ${PIXELS_MAX} are allowed`);
    const image = picture.render();
    try {
      return 'svg' in asked ? image.asPng() : indexedPng(image.pixels, image.width, image.height);
    } finally {
      image.free();
    }
  } finally {
    picture.free();
  }
}

await initWasm(readFileSync(resolve('@resvg/resvg-wasm/index_bg.wasm')));
parentPort?.on('message', (asked: Asked) => {
  try {
    const png = rasterOf(asked);
    parentPort?.postMessage({ png, last: false } satisfies Answered, [png.buffer as ArrayBuffer]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    // What trapped once has left its memory in any state: the next picture gets a new thread.
    const last = name === 'RuntimeError';
    parentPort?.postMessage({ error: message, last } satisfies Answered);
    if (last) parentPort?.close();
  }
});
