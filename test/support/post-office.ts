/** Where the mail of a simulation arrives: one mail server that all processes reach over their own networks. */
import type { Clock } from '@plummet/sdk/clock';
import type { Message, Notifier, Outcome } from '../../alerting/notify/notifier.ts';
import { type Link, NoAnswer } from './link.ts';
import { failed, SENT } from './people.ts';

export interface Letter {
  /** Monotonic ms of the world. */
  readonly at: number;
  /** The machine that sent it. */
  readonly from: string;
  readonly message: Message;
}

export class PostOffice {
  readonly arrived: Letter[] = [];
  /** The server answers that it takes nothing now. */
  isAway = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  notifier(link: Link): Notifier {
    const send = (message: Message): Promise<Outcome> =>
      link.ask('mail', async () => {
        if (this.isAway) return failed(true, '421 not now');
        this.arrived.push({ at: this.#clock.monotonic(), from: link.process.machine.name, message });
        return SENT;
      });
    return {
      channel: 'email',
      send: (message) => send(message).catch((error: unknown) => failed(true, error instanceof NoAnswer ? error.message : String(error))),
    };
  }
}
