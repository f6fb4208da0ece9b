/** The thread's side of a pool: answers one question after the other. */
import { parentPort } from 'node:worker_threads';

export interface Asked {
  readonly id: number;
  readonly question: unknown;
}

export type Answered = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: Error } | { readonly news: unknown });

/** @param answer  `tell` is for what is said before the answer, like progress; what it throws reaches the asker as its message */
export function answerEach<Question>(answer: (question: Question, tell: (news: unknown) => void) => unknown): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a thread of a pool: it is not run by itself.');
  const say = (answered: Answered): void => port.postMessage(answered);
  let before: Promise<unknown> = Promise.resolve();
  port.on('message', ({ id, question }: Asked) => {
    before = before
      .then(() => answer(question as Question, (news) => say({ id, news })))
      .then(
        (found) => say({ id, answer: found }),
        (error: unknown) => say({ id, error: error instanceof Error ? new Error(error.message) : new Error(String(error)) }),
      );
  });
}
