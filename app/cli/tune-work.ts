/** All of a tuning on all cores: what was done before an end by Ctrl-C is not done again. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LOST } from '../../detectors/tuning/falls.ts';
import type { SentPage } from '../../detectors/tuning/sent.ts';
import { type Answer, type Common, FALLS_WORTH_SECONDS, type Task } from './tune-tasks.ts';
import type { Heard } from './tune-thread.ts';

/** Moments whose falls are one task. */
const MOMENTS_A_TASK = 8;
const THREADS_MAX = 64;

/** What is known so far; by setting and by moment. */
export interface Done {
  readonly pages: (readonly SentPage[] | null)[];
  readonly judged: (number | null)[];
  /** By moment: null = not tried yet, false = nothing can be tried there; else by share lost, then by setting, NaN where it was missed. */
  readonly delays: (readonly (readonly number[])[] | false | null)[];
}

export interface Working {
  readonly common: Common;
  readonly done: Done;
  /** Is called whenever more is done. */
  readonly kept: () => void;
  /** Is told how many seconds' worth is done. */
  readonly heard: (seconds: number) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** @returns seconds' worth that is left to do */
export function leftToDo({ common, done }: Pick<Working, 'common' | 'done'>): number {
  const span = common.history.counts.length;
  const tries = done.delays.filter((one) => one === null).length;
  return familiesOf(common, done).length * span + (tries > 0 ? span + tries * FALLS_WORTH_SECONDS : 0);
}

/** @returns whether all is done; false where it was ended early */
export async function workAll(working: Working): Promise<boolean> {
  const { common, done, signal } = working;
  const tasks: Task[] = familiesOf(common, done).map((settings) => ({ is: 'pages', settings }));
  if (done.delays.includes(null)) tasks.unshift({ is: 'scout' });
  if (tasks.length === 0) return true;
  const crew = new Crew(working, tasks);
  const stop = (): void => crew.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await crew.work(Math.min(THREADS_MAX, availableParallelism()));
  } finally {
    signal.removeEventListener('abort', stop);
    crew.stop();
  }
  return !signal.aborted;
}

/** Threads that take one task after another. Whoever has nothing to do while the scout is away waits for the falls that it brings. */
class Crew {
  readonly #working: Working;
  readonly #tasks: Task[];
  readonly #idle = new Set<Worker>();
  readonly #threads = new Set<Worker>();
  #underWay = 0;
  #ended: { resolve(): void; reject(error: unknown): void } = { resolve: () => undefined, reject: () => undefined };

  constructor(working: Working, tasks: Task[]) {
    this.#working = working;
    this.#tasks = tasks;
  }

  /** @returns once all is done, or `stop` was called */
  work(threads: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended = { resolve, reject };
      for (let i = 0; i < threads; i++) this.#start();
      this.#handOut();
    });
  }

  stop(): void {
    for (const thread of this.#threads) void thread.terminate();
    this.#threads.clear();
    this.#ended.resolve();
  }

  #start(): void {
    const thread = startThread(this.#working.common);
    this.#threads.add(thread);
    this.#idle.add(thread);
    thread.on('message', (message: Heard) => {
      if (!this.#threads.has(thread)) return;
      if ('seconds' in message) return this.#working.heard(message.seconds);
      this.#tasks.push(...take(message.answer, this.#working.done));
      this.#working.kept();
      this.#underWay--;
      this.#idle.add(thread);
      this.#handOut();
    });
    thread.on('error', (error) => this.#ended.reject(error));
    thread.on('exit', (code) => {
      if (this.#threads.has(thread)) this.#ended.reject(new Error(`a thread that tunes ended with ${code}`));
    });
  }

  #handOut(): void {
    for (const thread of this.#idle) {
      const task = this.#tasks.shift();
      if (!task) break;
      this.#idle.delete(thread);
      this.#underWay++;
      thread.postMessage(task);
    }
    if (this.#underWay === 0) this.stop();
  }
}

/** Writes down what is known now. @returns what can be done next */
function take(answer: Answer, done: Done): Task[] {
  if (answer.is === 'pages') {
    for (const [i, setting] of answer.settings.entries()) {
      done.pages[setting] = answer.pages[i] ?? [];
      done.judged[setting] = answer.judged[i] ?? 0;
    }
    return [];
  }
  if (answer.is === 'falls') {
    for (const [i, moment] of answer.moments.entries()) done.delays[moment] = answer.delays[i] ?? LOST.map(() => []);
    return [];
  }
  const tries = answer.saved.flatMap((saved, index) => (saved && done.delays[index] === null ? [{ index, saved }] : []));
  for (const [index, saved] of answer.saved.entries()) if (!saved) done.delays[index] = false;
  const tasks: Task[] = [];
  for (let from = 0; from < tries.length; from += MOMENTS_A_TASK)
    tasks.push({ is: 'falls', moments: tries.slice(from, from + MOMENTS_A_TASK) });
  return tasks;
}

/** Settings of one drop are played together: their falls end alike. Where cores are left over they are divided further. */
function familiesOf({ pageWhens }: Common, { pages }: Done): number[][] {
  const byDrop = new Map<number, number[]>();
  for (const [index, { drop }] of pageWhens.entries()) if (pages[index] === null) byDrop.set(drop, [...(byDrop.get(drop) ?? []), index]);
  const families = [...byDrop.values()];
  const threads = availableParallelism();
  while (families.length > 0 && families.length < threads) {
    const largest = families.reduce((most, one) => (one.length > most.length ? one : most));
    if (largest.length < 2) break;
    families.push(largest.splice(Math.ceil(largest.length / 2)));
  }
  return families;
}

function startThread(common: Common): Worker {
  // Sources run without being built, the thread's own file does not.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/app/cli/tune-thread.js' : './tune-thread.js';
  return new Worker(new URL(file, import.meta.url), { execArgv: [], workerData: common });
}
