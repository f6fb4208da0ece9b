/** Rule tests on all cores: each thread reads the files itself and is handed one test after the other. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Repeats } from '../../detectors/backtest/run-rule-test.ts';

/** Some repeats of a test, which is known by its file and its place among the tests of it. */
export interface Asked {
  readonly file: number;
  readonly test: number;
  /** The first of them, and the first that is not among them. */
  readonly from: number;
  readonly to: number;
}

export interface Played extends Asked {
  readonly repeats: Repeats;
  readonly tookMs: number;
}

/** What a thread reads. */
export interface Read {
  /** The YAML of the metrics; null: no test names one. */
  readonly config: { readonly text: string; readonly file: string } | null;
  readonly files: readonly { readonly text: string; readonly file: string }[];
}

export const threadsMax = (): number => availableParallelism();

/**
 * @param queue   the longest first, so that none is left alone at the end
 * @param played  is told of each as it is done
 * @throws        what a thread fails with, which no file of tests should bring about
 */
export async function playOnThreads(read: Read, queue: readonly Asked[], played: (one: Played) => void): Promise<void> {
  const left = [...queue];
  const threads = Array.from({ length: Math.min(threadsMax(), left.length) }, () => {
    const thread = new Worker(new URL('./test-thread.js', import.meta.url), { workerData: read });
    return { thread, done: serve(thread, left, played) };
  });
  try {
    await Promise.all(threads.map(({ done }) => done));
  } finally {
    await Promise.all(threads.map(({ thread }) => thread.terminate()));
  }
}

function serve(thread: Worker, left: Asked[], played: (one: Played) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const asked = left.shift();
      if (asked) thread.postMessage(asked);
      else resolve();
    };
    thread.on('message', (one: Played) => {
      played(one);
      next();
    });
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`a thread that plays tests ended with ${code}`)));
    next();
  });
}
