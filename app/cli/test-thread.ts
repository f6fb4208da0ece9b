/** The thread that plays rule tests: it knows them all and is told which one is next. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RuleTest } from '../../detectors/backtest/rule-test.ts';
import { playRepeats } from '../../detectors/backtest/run-rule-test.ts';
import { WarmStarts } from '../../detectors/backtest/warm-start.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { knownOf, readTests } from './test-file.ts';
import type { Asked, Played, Read } from './test-threads.ts';

const { config, files } = workerData as Read;
const known = knownOf(config, process.env);
const tests = files.map(({ text, file }) => readTests(text, file, known).tests);
const starts = new WarmStarts();

parentPort?.on('message', (asked: Asked) => {
  const began = systemClock.monotonic();
  const repeats = playRepeats(tests[asked.file]?.[asked.test] as RuleTest, asked.from, asked.to, starts);
  const played: Played = { ...asked, repeats, tookMs: systemClock.monotonic() - began };
  parentPort?.postMessage(played);
});
