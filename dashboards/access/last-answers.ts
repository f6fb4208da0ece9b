/** At the end of a process: who had asked it to do something is answered first, because whether it was done is all that they wait for. */
import type { FastifyInstance } from 'fastify';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';

/** Longer than an append waits; whatever hangs after it is cut off. */
const ANSWERS_MS_MAX = 4_500;

/** Who only looks (GET) is not waited for: a stream of the wall never ends, and looks elsewhere. New requests get 503 meanwhile. */
export function lastAnswers(app: FastifyInstance, clock: Clock): void {
  let unanswered = 0;
  let allAnswered = (): void => undefined;
  app.addHook('onRequest', async ({ method }, { raw }) => {
    if (method === 'GET') return;
    unanswered++;
    raw.once('close', () => {
      unanswered--;
      if (unanswered === 0) allAnswered();
    });
  });
  app.addHook('preClose', async () => {
    if (unanswered === 0) return;
    const answered = new Promise<void>((resolve) => {
      allAnswered = resolve;
    });
    await atMost(clock, ANSWERS_MS_MAX, answered);
  });
}
