/** A thread of `plummet tune`: does one task after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, type Common, type Task, work } from './tune-tasks.ts';

export type Heard = { readonly seconds: number } | { readonly answer: Answer };

/** Each is told to the terminal; oftener nobody sees it. */
const TOLD_SECONDS = 20_000;

const common = workerData as Common;
parentPort?.on('message', (task: Task) => {
  let untold = 0;
  const tell = (heard: Heard): void => parentPort?.postMessage(heard);
  const answer = work(task, common, (seconds) => {
    untold += seconds;
    if (untold < TOLD_SECONDS) return;
    tell({ seconds: untold });
    untold = 0;
  });
  tell({ seconds: untold });
  tell({ answer });
});
