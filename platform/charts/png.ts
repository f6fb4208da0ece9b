/** SVG to PNG, twice as fine, in Inter wherever it runs: for mails and tools that show no SVG. */
import { Worker } from 'node:worker_threads';
import type { Answered, Asked } from './raster-thread.ts';

/** Bytes of UTF-8. */
const SVG_BYTES_MAX = 2 * 1024 * 1024;
/** Pictures that wait at once; each is some 50 ms of work. */
const WAITING_MAX = 100;
const THREAD_MB_MAX = 256;

interface Waiting {
  resolve(png: Uint8Array): void;
  reject(error: Error): void;
}

let thread: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/**
 * The picture's pixels, two for each of its own. Drawn in a thread of its own, which starts with the first picture and is
 * no reason for the process to stay.
 *
 * @throws where the text is no SVG, is larger than 2 MB or has too many pixels; says which
 */
export async function rasterize(svg: string): Promise<Uint8Array> {
  const bytes = Buffer.byteLength(svg);
  if (bytes > SVG_BYTES_MAX) throw new Error(`The picture is not drawn: its SVG has ${bytes} bytes, ${SVG_BYTES_MAX} are allowed.`);
  if (waiting.size >= WAITING_MAX) throw new Error(`The picture is not drawn: ${WAITING_MAX} others wait already. Ask again later.`);
  const worker = thread ?? startThread();
  const id = ++lastId;
  return new Promise<Uint8Array>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, svg } satisfies Asked);
  });
}

function startThread(): Worker {
  // Sources run without being built, the thread's own file does not.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/platform/charts/raster-thread.js' : './raster-thread.js';
  // Options that this process was started with, such as a loader's, are not the thread's.
  const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: THREAD_MB_MAX } };
  const started = new Worker(new URL(file, import.meta.url), options);
  thread = started;
  let why = 'the thread that draws ended.';
  started.on('message', settle);
  started.on('error', (error) => {
    why = error.message;
  });
  started.on('exit', () => {
    if (thread === started) thread = null;
    for (const { reject } of waiting.values()) reject(new Error(`The picture is not drawn: ${why}`));
    waiting.clear();
  });
  return started;
}

function settle(answer: Answered): void {
  const asked = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (waiting.size === 0) thread?.unref();
  if ('png' in answer) asked?.resolve(answer.png);
  else asked?.reject(new Error(`The picture is not drawn: ${answer.error}.`));
}
