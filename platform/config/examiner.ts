/** The thread in which an edited YAML is examined: whatever it holds, seconds go on being decided beside it. */
import { parentPort, workerData } from 'node:worker_threads';
import { examine, type LoadOptions } from './load.ts';

const { text, options } = workerData as { text: string; options: LoadOptions };
parentPort?.postMessage(examine(text, options));
