/** Stage: one try, ended after three seconds whatever the other side does. */
import type { Clock } from '../../platform/units/clock.ts';
import type { Message, Notifier, Outcome } from '../notify/notifier.ts';
import type { Held, Page, Surroundings } from './stages.ts';

const ATTEMPT_MAX_MS = 3000;

export async function send(page: Page, { clock, telemetry, notifiers, messageOf }: Surroundings): Promise<Page | Held> {
  const { way: channel, person } = page.attempt;
  const message = messageOf(page);
  const notifier = notifiers().get(channel);
  const startedAt = clock.monotonic();
  const outcome: Outcome =
    message && notifier
      ? await within(ATTEMPT_MAX_MS, clock, notifier, message)
      : { kind: 'failed', reason: `${person} cannot be reached by ${channel} any more`, again: false };
  telemetry.notifyTime({ channel, value: (clock.monotonic() - startedAt) / 1000 });
  return { ...page, outcome };
}

function within(limitMs: number, clock: Clock, notifier: Notifier, message: Message): Promise<Outcome> {
  const ended = new AbortController();
  return new Promise((resolve) => {
    const timer = clock.after(limitMs, () => {
      ended.abort();
      resolve({ kind: 'failed', reason: `no answer within ${limitMs / 1000} s`, again: true });
    });
    const end = (outcome: Outcome): void => {
      timer.cancel();
      resolve(outcome);
    };
    // A notifier never throws; should one all the same, the page must not hang on it.
    const failed = (error: unknown): void =>
      end({ kind: 'failed', reason: error instanceof Error ? error.message : String(error), again: true });
    notifier.send(message, ended.signal).then(end, failed);
  });
}
