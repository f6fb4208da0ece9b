/** Loads a YAML in a thread of its own, which can be ended: for a process that has seconds to decide on, and for a person who waits. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../units/clock.ts';
import { type Examined, type Loaded, type LoadOptions, settled } from './load.ts';
import type { PlacedProblem } from './problem.ts';

/** Thousands of metrics take a second or two; less than a stop waits for it. */
const EXAMINED_MS_MAX = 6000;
const EXAMINED_MB_MAX = 512;
/** What nests too deep fails at its end, and soon. */
const STACK_MB_MAX = 1;

/** Never rejects: what cannot be examined is refused. */
export function loadAside(text: string, options: LoadOptions, clock: Clock): Promise<Loaded> {
  const thread = new Worker(new URL('./examiner.js', import.meta.url), {
    workerData: { text, options },
    resourceLimits: { maxOldGenerationSizeMb: EXAMINED_MB_MAX, stackSizeMb: STACK_MB_MAX },
  });
  return new Promise<Loaded>((resolve) => {
    const refuse = (why: string): void => resolve({ config: null, errors: [unreadable(options.file, why)], warnings: [], calendars: {} });
    const timer = clock.after(EXAMINED_MS_MAX, () =>
      refuse(`takes longer than ${EXAMINED_MS_MAX / 1000} s to read: no configuration does.`),
    );
    thread.once('message', (examined: Examined) => resolve(settled(examined)));
    thread.once('error', (error) => refuse(whyNot(error)));
    thread.once('exit', () => refuse('could not be read to its end.'));
    thread.once('exit', () => timer.cancel());
  }).finally(() => thread.terminate());
}

function whyNot(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `takes more than ${EXAMINED_MB_MAX} MB of memory to read: no configuration does.`
    : `cannot be read: ${error.message}.`;
}

function unreadable(file: string, message: string): PlacedProblem {
  return { file, path: [], message, line: 1, column: 1, length: 1 };
}
