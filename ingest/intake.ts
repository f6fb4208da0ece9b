/** The gateway without HTTP: requests → events, dead-letters. A request is answered 202 only when the event log has it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { EventLog, LogRecord } from '../platform/eventlog/eventlog.ts';
import { EventLogError } from '../platform/eventlog/problem.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { isJson } from '../platform/topics/cloudevents.ts';
import { CLOCK_HEADER } from '../platform/topics/events.ts';
import { isRefusal, type Refusal, refusal, within } from '../platform/topics/refusal.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime } from '../platform/units/clock.ts';
import { type Admitted, admit } from './admission/admit.ts';
import { type Form, formOfRequest, type RequestHeaders } from './admission/forms.ts';
import { keyring, type WriteKey, type Writer } from './admission/keys.ts';
import { Held, type IntakeLimits, intakeLimits, Waiting } from './admission/limits.ts';
import { Pace, senderOf } from './admission/pace.ts';
import {
  type Answer,
  codeOf,
  keyNeeded,
  notDurable,
  refused,
  taken,
  tooFast,
  tooMuchWaiting,
  unknownEncoding,
  unknownForm,
} from './answer.ts';
import { DeadLetters } from './dead-letters.ts';
import { Inflater } from './inflate.ts';

export interface IntakeOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Of this machine's clock, which log time is made of; left out: it stays unnamed. */
  readonly clockName?: string | undefined;
  /** Who may write; left out or empty: anyone. */
  readonly keys?: readonly WriteKey[];
  readonly limits?: Partial<IntakeLimits>;
}

export interface IntakeRequest {
  readonly contentType: string | undefined;
  readonly headers: RequestHeaders;
  readonly body: Buffer | string;
  /** The write key as it was given. */
  readonly key?: string | undefined;
  /** The client's address, for its pace where there are no keys. */
  readonly from?: string | undefined;
}

export interface Intake {
  readonly limits: IntakeLimits;
  /** Shared by all that hold requests in memory. */
  readonly waiting: Waiting;
  /** Never rejects. */
  take(request: IntakeRequest): Promise<Answer>;
  /** From now on nobody else may write; with none, anyone may. */
  admitOnly(keys: readonly WriteKey[]): void;
  /** Counts an answer that was given without `take`. */
  note(answer: Answer): Answer;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const writersBy = (keys: readonly WriteKey[]) => keyring(keys, { digest, equal: timingSafeEqual });

export function createIntake(options: IntakeOptions): Intake {
  return new EventIntake(options);
}

class EventIntake implements Intake {
  readonly limits: IntakeLimits;
  readonly waiting: Waiting;
  readonly #options: IntakeOptions;
  readonly #time: SteadyTime;
  #writerOf: (key: string | undefined) => Writer | null;
  readonly #pace: Pace;
  readonly #inflater: Inflater;
  readonly #deadLetters: DeadLetters;

  constructor(options: IntakeOptions) {
    const { log, topics, clock, telemetry, keys = [] } = options;
    this.#options = options;
    this.limits = { ...intakeLimits, ...options.limits };
    this.waiting = new Waiting(this.limits.waitingBytesMax);
    this.#time = new SteadyTime(clock);
    this.#writerOf = writersBy(keys);
    this.#pace = new Pace(this.limits);
    this.#inflater = new Inflater(this.limits);
    const perSecondMax = this.limits.deadLettersPerSecondMax;
    this.#deadLetters = new DeadLetters({ log, topic: topics.deadLetters, clock, telemetry, perSecondMax });
  }

  async take(request: IntakeRequest): Promise<Answer> {
    const held = new Held(this.waiting);
    try {
      return this.note(held.more(bytesOf(request.body)) ? await this.#taking(request, held) : tooMuchWaiting());
    } catch (error) {
      this.#options.telemetry.stepFailed({ step: 'gateway', error });
      return this.note(notDurable());
    } finally {
      held.release();
    }
  }

  admitOnly(keys: readonly WriteKey[]): void {
    this.#writerOf = writersBy(keys);
  }

  note(answer: Answer): Answer {
    const code = codeOf(answer);
    if (code !== null) this.#options.telemetry.requestRefused({ reason: code, status: answer.status });
    return answer;
  }

  /** What can be said before the body is looked at: who sends, how fast, in which form. */
  async #taking(request: IntakeRequest, held: Held): Promise<Answer> {
    const writer = this.#writerOf(request.key);
    const sender = writer?.name ? `key ${writer.name}` : senderOf(request.from ?? '');
    const seconds = this.#pace.wait(sender, bytesOf(request.body), this.#options.clock.monotonic());
    if (seconds > 0) return tooFast(seconds);
    if (!writer) return keyNeeded(request.key !== undefined);
    const contentType = request.contentType ?? '';
    const form = formOfRequest(contentType, request.headers);
    if (!form) return unknownForm(contentType);
    const encoding = String(request.headers['content-encoding'] ?? 'identity').toLowerCase();
    if (!/^(identity|gzip|x-gzip)$/.test(encoding)) return unknownEncoding(encoding);
    const body = encoding === 'identity' ? request.body : await this.#inflated(request.body, sender);
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) return refused(body);
    if (body !== request.body && !held.more(bytesOf(body))) return tooMuchWaiting();
    return this.#admitting({ ...request, contentType, body }, form, writer, held);
  }

  async #inflated(body: Buffer | string, sender: string): Promise<Buffer | Refusal> {
    const { inflatedBytesMax } = this.limits;
    const buffer = await this.#inflater.inflate(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
    if (buffer === 'broken') return refusal('bad-encoding', 'content-encoding', 'the body is not gzip');
    this.#pace.charge(sender, buffer === 'too big' ? inflatedBytesMax : buffer.length, this.#options.clock.monotonic());
    return buffer === 'too big' ? refusal('too-big', '', `the body grows beyond ${inflatedBytesMax} bytes`) : buffer;
  }

  async #admitting(request: IntakeRequest & { contentType: string }, form: Form, writer: Writer, held: Held): Promise<Answer> {
    const { contentType, headers, body } = request;
    const received = this.#time.now();
    const opaque = form === 'binary' && !isJson(contentType);
    const text = opaque ? '' : textOf(body);
    const { partitions } = this.#options.topics.events;
    const admitted =
      text === null
        ? refusal('bad-encoding', '', 'the body is not valid UTF-8')
        : admit({ form, contentType, headers, text, received, writer, partitions });
    if (isRefusal(admitted)) {
      this.#deadLetters.offer([{ refusal: admitted, text: text ?? body.toString('latin1') }], received);
      return refused(admitted);
    }
    const { rejected } = admitted;
    if (rejected.length > 0) {
      this.#deadLetters.offer(rejected, received);
      this.#options.telemetry.eventsTaken({ outcome: 'rejected', value: rejected.length });
    }
    return this.#appending(admitted, held);
  }

  async #appending({ records, accepted, rejected }: Admitted, held: Held): Promise<Answer> {
    const { log, topics, clock, telemetry } = this.#options;
    const first = rejected[0];
    if (records.length === 0) return first ? refused(within(`[${first.index}]`, first.refusal), rejected) : taken(0, []);
    const written = held.until(log.append(topics.events, this.#stamped(records)));
    const failure = await withinTime(clock, this.limits.appendMsMax, written).then(
      () => null,
      (error: unknown) => this.#notWritten(error),
    );
    if (failure) return failure;
    if (accepted > 0) telemetry.eventsTaken({ outcome: 'accepted', value: accepted });
    return taken(accepted, rejected);
  }

  #stamped(records: readonly LogRecord[]): readonly LogRecord[] {
    const { clockName } = this.#options;
    if (clockName === undefined) return records;
    return records.map((record) => ({ ...record, headers: { ...record.headers, [CLOCK_HEADER]: clockName } }));
  }

  #notWritten(error: unknown): Answer {
    if (error instanceof EventLogError && error.code === 'too-large') return refused(refusal('too-big', '', error.message));
    const { topics, telemetry } = this.#options;
    telemetry.appendFailed({ topic: topics.events.name, error });
    return notDurable();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(body: Buffer | string): string | null {
  if (typeof body === 'string') return body;
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
}

function bytesOf(body: Buffer | string): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

function withinTime<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new Error(`not durable within ${ms} ms`)));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
