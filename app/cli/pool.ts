/** Worker threads that a command shares its work out to: as many as there are cores, each lent to one piece of work at a time. */
import { availableParallelism } from 'node:os';
import { type Transferable, Worker } from 'node:worker_threads';
import type { Answered, Asked } from './pool-thread.ts';

/** More threads than this wait for the store, and not for a core. */
const THREADS_MAX = 16;
/** Two weeks of a metric take 60 MB. */
const THREAD_MB_MAX = 1024;

export interface PoolOptions {
  /** `import.meta.url` of whoever asks. */
  readonly beside: string;
  /** The thread's own file there, as it is built: `./play-thread.js`. It calls `answerEach` (pool-thread.ts). */
  readonly file: string;
  /** Threads at most; left out: one for each core. They start when they are needed. */
  readonly threads?: number;
}

interface Asking {
  /** What of the question is handed over, and not copied. */
  readonly transfer?: readonly Transferable[];
  /** Is told what the thread says before its answer, like progress. */
  readonly news?: (news: unknown) => void;
}

/** A thread that is lent: what it remembers between two questions is its borrower's alone until it is given back. */
export interface Thread {
  /**
   * One question, one answer, both plain data (structured clone).
   *
   * @throws Error with the message of what was thrown in the thread, or that the thread ended
   */
  ask<Answer>(question: unknown, how?: Asking): Promise<Answer>;
}

export class Pool {
  readonly size: number;
  readonly #file: URL;
  readonly #idle: Lent[] = [];
  readonly #all = new Set<Lent>();
  readonly #waiting: ((thread: Lent) => void)[] = [];

  constructor({ beside, file, threads = availableParallelism() }: PoolOptions) {
    this.size = Math.max(1, Math.min(threads, THREADS_MAX));
    // Sources run without being built, a thread's own file does not.
    const built = beside.endsWith('.ts') ? beside.replace(/^(.*)(\/app\/)/, '$1/dist$2') : beside;
    this.#file = new URL(file, built);
  }

  /** Lends a thread for as long as the work takes; waits for one where all are lent, in turn. A thread that ended is replaced. */
  async lend<T>(work: (thread: Thread) => Promise<T>): Promise<T> {
    const thread = await this.#take();
    try {
      return await work(thread);
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.end()));
  }

  async #take(): Promise<Lent> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size < this.size) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Lent {
    const thread = new Lent(this.#file);
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: Lent): void {
    if (thread.hasEnded) this.#all.delete(thread);
    const next = this.#waiting.shift();
    if (next) next(thread.hasEnded ? this.#start() : thread);
    else if (!thread.hasEnded) this.#idle.push(thread);
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly news: ((news: unknown) => void) | undefined;
}

class Lent implements Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #why: Error | null = null;

  constructor(file: URL) {
    // Options that this process was started with, such as a loader's, are not the thread's.
    this.#worker = new Worker(file, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: THREAD_MB_MAX } });
    this.#worker.on('message', (answered: Answered) => this.#hear(answered));
    this.#worker.on('error', (error: Error) => this.#ended(error));
    this.#worker.on('exit', () => this.#ended(new Error('The thread that worked on it ended.')));
  }

  get hasEnded(): boolean {
    return this.#why !== null;
  }

  ask<Answer>(question: unknown, { transfer = [], news }: Asking = {}): Promise<Answer> {
    if (this.#why) return Promise.reject(this.#why);
    const id = this.#asked++;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, news });
      const asked: Asked = { id, question };
      this.#worker.postMessage(asked, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answered: Answered): void {
    const waiting = this.#waiting.get(answered.id);
    if (!waiting) return;
    if ('news' in answered) {
      waiting.news?.(answered.news);
      return;
    }
    this.#waiting.delete(answered.id);
    if ('error' in answered) waiting.reject(answered.error);
    else waiting.resolve(answered.answer as never);
  }

  #ended(why: Error): void {
    this.#why ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#why);
    this.#waiting.clear();
  }
}
