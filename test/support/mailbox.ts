/** A real SMTP server that keeps what it is given, and misbehaves as told: the mailbox of the people in tests. */
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface Caught {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
  readonly mail: Email;
  /** When it was taken, ms since the epoch. */
  readonly at: number;
}

/** An answer of the server instead of 250. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** How the server behaves; each is asked with the number (from 1) of the call. Left out: as a good server does. */
export interface Behaviour {
  /** `hang`: the greeting never comes. */
  readonly greeting?: (nth: number) => Refusal | 'hang' | null;
  readonly recipient?: (address: string, nth: number) => Refusal | null;
  /** After the whole letter was taken; `hang`: the answer never comes, though the letter is kept. */
  readonly data?: (nth: number) => Refusal | 'hang' | 'cut' | null;
}

export interface MailboxOptions {
  /** Asked for where given. */
  readonly auth?: { readonly user: string; readonly pass: string };
}

export class Mailbox {
  readonly caught: Caught[] = [];
  readonly #server: SMTPServer;
  readonly #calls = { greeting: 0, recipient: 0, data: 0 };
  #behaviour: Behaviour = {};
  #port = 0;

  constructor({ auth }: MailboxOptions = {}) {
    this.#server = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      authOptional: auth === undefined,
      disabledCommands: auth ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) => {
        const right = username === auth?.user && password === auth?.pass;
        done(right ? null : new Error('Invalid username or password'), right ? { user: username } : undefined);
      },
      onConnect: (_session, done) => this.#answer(this.#behaviour.greeting?.(++this.#calls.greeting), done),
      onRcptTo: ({ address }, _session, done) => this.#answer(this.#behaviour.recipient?.(address, ++this.#calls.recipient), done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => void this.#take(Buffer.concat(chunks), session, done));
      },
    });
    this.#server.on('error', () => undefined);
  }

  static async open(options?: MailboxOptions): Promise<Mailbox> {
    const mailbox = new Mailbox(options);
    await mailbox.listen();
    return mailbox;
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  to(address: string): Caught[] {
    return this.caught.filter((one) => one.to === address);
  }

  /** The first letter that fits, as soon as it is there. */
  async expects(fits: (one: Caught) => boolean, withinMs = 5000): Promise<Caught> {
    for (let waitedMs = 0; ; waitedMs += 10) {
      const found = this.caught.find(fits);
      if (found) return found;
      if (waitedMs >= withinMs)
        throw new Error(`no such letter within ${withinMs} ms; there are: ${this.caught.map((one) => one.mail.subject)}`);
      await pause(10);
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(refusal: Refusal | 'hang' | null | undefined, done: (error?: Error | null) => void): void {
    if (refusal === 'hang') return;
    done(refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null);
  }

  async #take(letter: Buffer, session: SMTPServerSession, done: (error?: Error | null) => void): Promise<void> {
    const verdict = this.#behaviour.data?.(++this.#calls.data);
    if (!verdict || verdict === 'hang' || verdict === 'cut') {
      const { mailFrom, rcptTo } = session.envelope;
      const at = Date.now();
      const mail = await PostalMime.parse(letter);
      for (const { address } of rcptTo)
        this.caught.push({ from: mailFrom ? mailFrom.address : '', to: address, raw: letter.toString(), mail, at });
    }
    if (verdict === 'cut') for (const connection of this.#server.connections) connection.close();
    else this.#answer(verdict, done);
  }
}
