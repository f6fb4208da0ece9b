/** SVG to PNG, twice as fine, in Inter wherever it runs: for mails and tools that show no SVG. */
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock, type Timer } from '../units/clock.ts';
import type { FallScene } from './fall.ts';
import type { Answered, Asked } from './raster-thread.ts';

/** Bytes of UTF-8. */
const SVG_BYTES_MAX = 2 * 1024 * 1024;
/** Pictures that wait at once; each is some 60 ms of work. */
const WAITING_MAX = 100;
/** A hundred times what one takes, the thread's start included: 2 MB of one crossed line would take minutes. */
const DRAWN_MS_MAX = 6000;
const THREAD_MB_MAX = 256;

interface Picture {
  readonly asked: Asked;
  readonly clock: Clock;
  resolve(png: Uint8Array): void;
  reject(error: Error): void;
}

/** One at a time is drawn, so that one that never ends takes no other with it. */
const waiting: Picture[] = [];
let drawn: { readonly picture: Picture; readonly timer: Timer } | null = null;
let thread: Worker | null = null;

/**
 * The picture's pixels, two for each of its own. Drawn in a thread of its own, which starts with the first picture and is
 * no reason for the process to stay.
 *
 * @throws where the text is no SVG, is larger than 2 MB, has too many pixels or takes too long; says which
 */
export function rasterize(svg: string, clock: Clock = systemClock): Promise<Uint8Array> {
  const bytes = Buffer.byteLength(svg);
  if (bytes > SVG_BYTES_MAX) return Promise.reject(notDrawn(`its SVG has ${bytes} bytes, ${SVG_BYTES_MAX} are allowed`));
  return inTurn({ svg }, clock);
}

/**
 * A fall's picture in at most 256 colours, small enough for a mail; the SVG itself is made in the thread, too.
 *
 * @throws where the thread fails, or takes longer than 6 s
 */
export function rasterizeFall(scene: FallScene, clock: Clock = systemClock): Promise<Uint8Array> {
  return inTurn({ scene }, clock);
}

/** A fall of ten minutes at 50/s, always the same. */
const EXAMPLE: FallScene = {
  ...{ name: 'orders', start: 0, from: 600, at: 604, usual: 50, rateAfter: 20, drop: 0.6, derivative: -15, steepness: -8, threshold: -6 },
  counts: Array.from({ length: 605 }, (_, i) => (i < 600 ? 45 + ((i * 7) % 11) : 20)),
  ...{ hour: null, day: null, isLive: true, isBare: true },
};
/** The first takes ten times as long as the third. */
const EXAMPLES = 3;
let isWarming = false;

/** Starts the thread and has it draw, so that fonts are loaded and its code is compiled before a page needs it. */
export function warmRaster(clock: Clock = systemClock): void {
  if (isWarming) return;
  isWarming = true;
  const drawings = Array.from({ length: EXAMPLES }, () => inTurn({ scene: EXAMPLE }, clock));
  // Whoever asks for a picture is told what is wrong.
  void Promise.allSettled(drawings).then(() => {
    isWarming = false;
  });
}

function inTurn(asked: Asked, clock: Clock): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (waiting.length >= WAITING_MAX) return reject(notDrawn(`${WAITING_MAX} others wait already; ask again later`));
    waiting.push({ asked, clock, resolve, reject });
    if (!drawn) drawNext();
  });
}

const notDrawn = (why: string): Error => new Error(`The picture is not drawn: ${why}.`);

function drawNext(): void {
  const picture = waiting.shift();
  drawn = null;
  if (!picture) {
    thread?.unref();
    return;
  }
  thread ??= startThread();
  const asked = thread;
  const timer = picture.clock.after(DRAWN_MS_MAX, () => {
    picture.reject(notDrawn(`it takes longer than ${DRAWN_MS_MAX / 1000} s; leave out of its SVG what is not seen`));
    void asked.terminate();
  });
  drawn = { picture, timer };
  asked.ref();
  asked.postMessage(picture.asked);
}

function startThread(): Worker {
  // Sources run without being built, the thread's own file does not.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/platform/charts/raster-thread.js' : './raster-thread.js';
  // Options that this process was started with, such as a loader's, are not the thread's.
  const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: THREAD_MB_MAX } };
  const started = new Worker(new URL(file, import.meta.url), options);
  let why = 'the thread that draws ended';
  started.on('message', (answer: Answered) => {
    const picture = endDrawn();
    if ('png' in answer) picture?.resolve(answer.png);
    else picture?.reject(notDrawn(answer.error));
    if (!answer.last) drawNext();
  });
  started.on('error', (error) => {
    why = error.message;
  });
  started.on('exit', () => {
    thread = null;
    endDrawn()?.reject(notDrawn(why));
    drawNext();
  });
  return started;
}

function endDrawn(): Picture | null {
  const ended = drawn;
  ended?.timer.cancel();
  return ended?.picture ?? null;
}
