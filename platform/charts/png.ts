/** SVG to PNG, twice as fine, in Inter wherever it runs: for mails and tools that show no SVG. */
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock, type Timer } from '../units/clock.ts';
import type { Answered } from './raster-thread.ts';

/** Bytes of UTF-8. */
const SVG_BYTES_MAX = 2 * 1024 * 1024;
/** Pictures that wait at once; each is some 60 ms of work. */
const WAITING_MAX = 100;
/** A hundred times what one takes, the thread's start included: 2 MB of one crossed line would take minutes. */
const DRAWN_MS_MAX = 6000;
const THREAD_MB_MAX = 256;

interface Picture {
  readonly svg: string;
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
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(notDrawn(why));
    const bytes = Buffer.byteLength(svg);
    if (bytes > SVG_BYTES_MAX) return refuse(`its SVG has ${bytes} bytes, ${SVG_BYTES_MAX} are allowed`);
    if (waiting.length >= WAITING_MAX) return refuse(`${WAITING_MAX} others wait already; ask again later`);
    waiting.push({ svg, clock, resolve, reject });
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
  asked.postMessage(picture.svg);
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
