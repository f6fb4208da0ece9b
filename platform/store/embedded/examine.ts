/** Can this machine run the embedded store? Loads its engine in a process beside us, without any folder. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../units/clock.ts';
import type { Diagnosis } from '../../units/diagnosis.ts';

/** What the process beside us says. */
export type EngineAnswer = { readonly version: string } | { readonly failed: string };

const LOAD_MS_MAX = 10_000;
const ADVICE = 'Name a ClickHouse server in store.clickhouse.url, or write `store: none`. Pages do not need history.';

/** @param file  the built program; only tests that run from the sources name it */
export async function examineEmbedded(
  clock: Clock,
  file = fileURLToPath(new URL('./try-engine.js', import.meta.url)),
): Promise<Diagnosis[]> {
  const of = 'engine';
  const answer = await loaded(clock, file);
  if ('version' in answer) return [{ is: 'well', of, says: `chDB loads: ClickHouse ${answer.version}.` }];
  return [{ is: 'ill', of, says: `chDB cannot run here (${answer.failed}): there is no history. ${ADVICE}` }];
}

function loaded(clock: Clock, file: string): Promise<EngineAnswer> {
  return new Promise((resolve) => {
    const child = fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const tooLong = clock.after(LOAD_MS_MAX, () => child.kill('SIGKILL'));
    child.once('message', (answer: EngineAnswer) => resolve(answer));
    child.once('error', (error) => resolve({ failed: error.message }));
    child.once('exit', (_, signal) => {
      tooLong.cancel();
      resolve({ failed: signal === null ? 'it ended at once' : `its process ended by ${signal}` });
    });
  });
}
