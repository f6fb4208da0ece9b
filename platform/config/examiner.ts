/** The thread in which a YAML is examined: whatever it holds, seconds go on being decided beside it, and it can be given up. */
import { parentPort, workerData } from 'node:worker_threads';
import { examine, type LoadOptions } from './load.ts';

const { text, options } = workerData as { text: string; options: LoadOptions };
parentPort?.postMessage(examine(text, options));
