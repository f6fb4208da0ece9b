/** A notifier for tests of the way to people: it is told how to behave and remembers what it was given. */
import type { Clock } from '@plummet/sdk/clock';
import type { Message, Notifier, Outcome } from '../../alerting/notify/notifier.ts';

export type Behave = (message: Message, nth: number) => Outcome | 'hang' | Promise<Outcome>;

export const SENT: Outcome = { kind: 'sent', detail: '250 ok' };
export const failed = (again: boolean, reason = again ? '451 later' : '550 no'): Outcome => ({ kind: 'failed', reason, again });

export interface Delivered {
  /** Monotonic ms. */
  readonly at: number;
  readonly message: Message;
}

/** The phone, the mailbox: everything that was tried at one channel, and what arrived. */
export class FakeChannel implements Notifier {
  readonly channel: string;
  readonly tried: Delivered[] = [];
  readonly arrived: Delivered[] = [];
  readonly #clock: Clock;
  #behave: Behave = () => SENT;

  constructor(channel: string, clock: Clock) {
    this.channel = channel;
    this.#clock = clock;
  }

  behave(behave: Behave): void {
    this.#behave = behave;
  }

  async send(message: Message, signal: AbortSignal): Promise<Outcome> {
    const delivered = { at: this.#clock.monotonic(), message };
    this.tried.push(delivered);
    const outcome = await this.#behave(message, this.tried.length);
    if (outcome === 'hang') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return failed(true, 'aborted');
    }
    if (outcome.kind === 'sent') this.arrived.push(delivered);
    return outcome;
  }

  /** `ana page-0`, in the order of arrival. */
  get log(): string[] {
    return this.arrived.map(({ message }) => `${message.person} ${message.facts.kind}-${message.key.split('.')[1]?.split('-')[1]}`);
  }
}
