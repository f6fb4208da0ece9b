/** Batches over HTTP to one gateway: `POST {url}/v1/events`. */
import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { outcomeOf } from './answers.ts';
import { BATCH_CONTENT_TYPE } from './batch.ts';
import type { Clock, Timer } from './clock.ts';
import type { Letter, Outcome, Transport } from './transport.ts';

/** Connecting, the look-up of the name included, is given up after so long. */
const CONNECT_MS = 300;
/** An answer is waited for so long; what it would have said is unknown then, and the batch is sent again. */
const ANSWER_MS = 5000;
const PROBE_MS = 1000;
/** Of an answer's body; the rest is read and thrown away. */
const ANSWER_CHARS_MAX = 4096;
/** What no header may hold as it is. */
const UNSENDABLE = /[^\x20-\x7e]/gu;

export interface HttpParts {
  readonly clock: Clock;
  /** Sent as `authorization: Bearer …`. */
  readonly key?: string | undefined;
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** A socket that was kept open may have been closed by the other side just as it was used: then the request never arrived. */
class StaleSocket extends Error {}

export class HttpTransport implements Transport {
  readonly name: string;
  readonly #clock: Clock;
  readonly #key: string | undefined;
  readonly #base: string;
  readonly #agent: HttpAgent;
  readonly #request: (url: string, options: RequestOptions) => ClientRequest;

  /** @param url  of the gateway, with any path that stands before `/v1/events`; that may be there too */
  constructor(url: URL, { clock, key }: HttpParts) {
    const secure = url.protocol === 'https:';
    this.#clock = clock;
    this.#key = key;
    this.#base = `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v1\/events$/, '')}`;
    this.name = this.#base;
    // Where a name has an address of each family and one of them is dead, the other still gets its turn before connecting is given up.
    const kept: AgentOptions & { autoSelectFamilyAttemptTimeout: number } = {
      keepAlive: true,
      autoSelectFamilyAttemptTimeout: CONNECT_MS / 3,
    };
    this.#agent = secure ? new HttpsAgent(kept) : new HttpAgent(kept);
    this.#request = secure ? httpsRequest : httpRequest;
  }

  async send(letter: Letter, signal: AbortSignal): Promise<Outcome> {
    try {
      const answer = await this.#post(letter, signal).catch((error: unknown) => {
        if (error instanceof StaleSocket) return this.#post(letter, signal);
        throw error;
      });
      return outcomeOf(this.name, answer, this.#clock.wall());
    } catch (error) {
      return { is: 'later', why: `${this.name}: ${error instanceof Error ? error.message || error.name : String(error)}` };
    }
  }

  /** A gateway that is up and not ready says so with 503; what else answers may be a proxy that lets only events through. */
  async probe(): Promise<boolean> {
    const answer = await this.#ask('/readyz', { method: 'GET' }, '', PROBE_MS);
    return answer.status < 500;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(letter: Letter, signal: AbortSignal): Promise<Answered> {
    const headers = {
      'content-type': BATCH_CONTENT_TYPE,
      'idempotency-key': `${letter.producer.replaceAll(UNSENDABLE, encodeURIComponent)}:${letter.seq}`,
      ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
    };
    return this.#ask('/v1/events', { method: 'POST', headers, signal }, letter.text(), ANSWER_MS);
  }

  #ask(path: string, options: RequestOptions, body: string, answerMs: number): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = this.#request(`${this.#base}${path}`, { ...options, agent: this.#agent });
      const patience = [
        this.#connecting(request),
        waitFor(this.#clock, answerMs, () => request.destroy(new Error(`no answer in ${answerMs} ms`))),
      ];
      request.once('close', () => {
        for (const timer of patience) timer.cancel();
        reject(new Error('the connection was closed before the answer'));
      });
      request.once('response', (response) => read(response, resolve, reject));
      request.once('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleSocket('the connection was closed as it was used') : error);
      });
      request.end(body);
    });
  }

  #connecting(request: ClientRequest): Timer {
    const giveUp = waitFor(this.#clock, CONNECT_MS, () => request.destroy(new Error(`no connection in ${CONNECT_MS} ms`)));
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => giveUp.cancel());
      else giveUp.cancel();
    });
    return giveUp;
  }
}

function read(response: IncomingMessage, resolve: (answer: Answered) => void, reject: (error: Error) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (text.length < ANSWER_CHARS_MAX) text += chunk;
  });
  response.once('error', reject);
  response.once('end', () => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }));
}

/**
 * Runs `run` after `delayMs`, in two parts: where the app held the event loop meanwhile, the second part begins after it, and what
 * came in from the network in time is heard first.
 */
function waitFor(clock: Clock, delayMs: number, run: () => void): Timer {
  const lastMs = delayMs / 5;
  let timer = clock.after(delayMs - lastMs, () => {
    timer = clock.after(lastMs, run);
  });
  return { cancel: () => timer.cancel() };
}
