/**
 * An app that speaks the batch's protocol by itself, so that a test knows what was sent and what was acknowledged: one batch in
 * flight, sent again with the same seq and t0 until it is taken, a heartbeat after each full second, a farewell.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { BATCH_CONTENT_TYPE, type BatchEvent, type EventData, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import { poisson } from '../../examples/shop/traffic.ts';

const STEP_MS = 100;
const BATCH_EVENTS_MAX = 500;
const BACK_OFF_MS = 50;
const BACK_OFF_MS_MAX = 1000;
const ANSWER_MS = 5000;

export interface Published {
  readonly type: string;
  /** Milliseconds since the epoch, as the app's clock says. */
  readonly at: number;
  readonly data?: EventData;
}

export interface RawProducerOptions {
  readonly url: string;
  readonly name: string;
  readonly random: () => number;
  /** Events a second by type; may change while it runs. */
  readonly rates: Record<string, number>;
  readonly dataOf?: (type: string) => EventData | undefined;
  /** Milliseconds by which the app's clock is ahead of this machine's. */
  readonly clockAheadMs?: number;
  /** Only events of these milliseconds of a second are published. */
  readonly millis?: readonly [from: number, to: number];
  /** Called once an event is in a batch, and again when that batch is acknowledged. */
  readonly tell?: (what: 'sent' | 'acknowledged', events: readonly Published[]) => void;
}

export interface Reply {
  /** 0 where no answer came. */
  readonly status: number;
  readonly text: string;
}

/** One POST to the gateway; never rejects. */
export function post(url: string, body: string | Buffer, headers: Record<string, string>, agent?: Agent): Promise<Reply> {
  return new Promise((resolve) => {
    const lost = (): void => resolve({ status: 0, text: '' });
    const options = { method: 'POST', headers: { 'content-length': String(Buffer.byteLength(body)), ...headers }, timeout: ANSWER_MS };
    const sent = request(`${url}/v1/events`, { ...options, ...(agent && { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', lost).on('close', lost);
    });
    sent.on('timeout', () => sent.destroy()).on('error', lost);
    sent.end(body);
  });
}

export class RawProducer {
  readonly producer: string;
  /** Answers other than 202, 0 and 503: a producer that behaves gets none. */
  readonly refusals: Reply[] = [];
  tries = 0;
  readonly #options: RawProducerOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #done: Promise<void>;
  #waiting: Published[] = [];
  #seq = 0;
  #published = 0;
  #last: number;
  #beatAt: number;
  #ending = false;
  #gone = false;

  constructor(options: RawProducerOptions) {
    this.#options = options;
    this.producer = `${options.name}#${randomBytes(10).toString('hex').slice(0, 16)}`;
    this.#last = this.#now();
    this.#beatAt = this.#last;
    this.#done = this.#run();
  }

  /** Sends what it has and says goodbye; resolves once that is acknowledged. */
  async close(): Promise<void> {
    this.#ending = true;
    await this.#done;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#gone = true;
    await this.#done;
  }

  #now(): number {
    return Date.now() + (this.#options.clockAheadMs ?? 0);
  }

  async #run(): Promise<void> {
    while (!this.#gone) {
      this.#publish();
      const isLast = this.#ending && this.#waiting.length <= BATCH_EVENTS_MAX;
      if (this.#ending || this.#waiting.length > 0 || this.#now() >= this.#beatAt) await this.#sendBatch(isLast);
      if (isLast) break;
      if (this.#waiting.length < BATCH_EVENTS_MAX) await pause(STEP_MS);
    }
    this.#agent.destroy();
  }

  #publish(): void {
    const { rates, random, dataOf, millis: [from, to] = [0, 1000] } = this.#options;
    const now = this.#now();
    const seconds = (now - this.#last) / 1000;
    for (const [type, rate] of Object.entries(rates)) {
      for (let left = poisson(rate * seconds, random); left > 0; left--) {
        const at = Math.floor(this.#last + random() * (now - this.#last));
        const data = dataOf?.(type);
        if (at % 1000 >= from && at % 1000 < to) this.#waiting.push({ type, at, ...(data && { data }) });
      }
    }
    this.#waiting.sort((a, b) => a.at - b.at);
    this.#last = now;
  }

  async #sendBatch(bye: boolean): Promise<void> {
    const { url, tell, random } = this.#options;
    const events = this.#waiting.splice(0, BATCH_EVENTS_MAX);
    const t0 = events[0]?.at ?? this.#last;
    const until = this.#waiting[0]?.at ?? this.#last;
    const seq = this.#seq++;
    this.#published += events.length;
    this.#beatAt = (Math.floor(this.#last / 1000) + 1) * 1000;
    const rows = events.map(({ type, at, data }): BatchEvent => (data ? [type, at - t0, data] : [type, at - t0]));
    const head = { producer: this.producer, seq, published: this.#published, until, t0, ...(bye && { bye: true as const }) };
    const rest = { lost: {}, tally: tallyOf(t0, rows), events: rows };
    tell?.('sent', events);
    for (let backOff = BACK_OFF_MS; !this.#gone; backOff = Math.min(BACK_OFF_MS_MAX, backOff * 2)) {
      this.tries++;
      const headers = { 'content-type': BATCH_CONTENT_TYPE, 'idempotency-key': `${this.producer}:${seq}` };
      const reply = await post(url, encodeBatch({ ...head, sent: this.#now(), ...rest }), headers, this.#agent);
      if (reply.status === 202) break;
      if (reply.status !== 0 && reply.status !== 503) this.refusals.push(reply);
      await pause(backOff * (0.5 + random()));
      // Visitors come during the back-off as well.
      this.#publish();
    }
    if (!this.#gone) tell?.('acknowledged', events);
  }
}
