/** The gateway without HTTP: requests → events, dead-letters. A request is answered 202 only when the event log has it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { EventLogError } from '../platform/eventlog/problem.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { isJson } from '../platform/topics/cloudevents.ts';
import { isRefusal, type Refusal, refusal, within } from '../platform/topics/refusal.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime } from '../platform/units/clock.ts';
import { type Admitted, admit, type Rejected } from './admission/admit.ts';
import { Discovered, type DiscoveredTypes } from './admission/discovered.ts';
import { type Form, formOfRequest, type RequestHeaders } from './admission/forms.ts';
import { keyring, type WriteKey, type Writer } from './admission/keys.ts';
import { type IntakeLimits, intakeLimits, Waiting } from './admission/limits.ts';
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
  /** Counts an answer that was given without `take`. */
  note(answer: Answer): Answer;
  /** Event types that arrived since start, declared or not. */
  discovered(): DiscoveredTypes;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createIntake(options: IntakeOptions): Intake {
  const { log, topics, clock, telemetry } = options;
  const limits = { ...intakeLimits, ...options.limits };
  const time = new SteadyTime(clock);
  const waiting = new Waiting(limits.waitingBytesMax);
  const writerOf = keyring(options.keys ?? [], { digest, equal: timingSafeEqual });
  const pace = new Pace(limits);
  const inflater = new Inflater(limits);
  const discovered = new Discovered(limits.discoveredTypesMax);
  const deadLetters = new DeadLetters({ log, topic: topics.deadLetters, clock, telemetry, perSecondMax: limits.deadLettersPerSecondMax });

  async function taking(request: IntakeRequest, held: Held): Promise<Answer> {
    const writer = writerOf(request.key);
    const seconds = pace.wait(writer?.name ? `key ${writer.name}` : senderOf(request.from ?? ''), bytesOf(request.body), clock.monotonic());
    if (seconds > 0) return tooFast(seconds);
    if (!writer) return keyNeeded(request.key !== undefined);
    const contentType = request.contentType ?? '';
    const form = formOfRequest(contentType, request.headers);
    if (!form) return unknownForm(contentType);
    const encoding = String(request.headers['content-encoding'] ?? 'identity').toLowerCase();
    if (!/^(identity|gzip|x-gzip)$/.test(encoding)) return unknownEncoding(encoding);
    const body = encoding === 'identity' ? request.body : await inflated(request.body);
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) return refused(body);
    if (body !== request.body && !held.more(bytesOf(body))) return tooMuchWaiting();
    return admitting({ ...request, contentType, body }, form, writer, held);
  }

  async function inflated(body: Buffer | string): Promise<Buffer | Refusal> {
    const buffer = await inflater.inflate(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
    if (buffer === 'too big') return refusal('too-big', '', `the body grows beyond ${limits.inflatedBytesMax} bytes`);
    return buffer === 'broken' ? refusal('bad-encoding', 'content-encoding', 'the body is not gzip') : buffer;
  }

  async function admitting(request: IntakeRequest & { contentType: string }, form: Form, writer: Writer, held: Held): Promise<Answer> {
    const { contentType, headers, body } = request;
    const received = time.now();
    const opaque = form === 'binary' && !isJson(contentType);
    const text = opaque ? '' : textOf(body);
    const admitted =
      text === null
        ? refusal('bad-encoding', '', 'the body is not valid UTF-8')
        : admit({ form, contentType, headers, text, received, writer, partitions: topics.events.partitions });
    if (isRefusal(admitted)) {
      deadLetters.offer([{ refusal: admitted, text: text ?? body.toString('latin1') }], received);
      return refused(admitted);
    }
    if (admitted.rejected.length > 0) rejecting(admitted.rejected, received);
    return appending(admitted, held);
  }

  function rejecting(rejected: readonly Rejected[], received: number): void {
    deadLetters.offer(rejected, received);
    telemetry.eventsTaken({ outcome: 'rejected', value: rejected.length });
  }

  async function appending({ records, accepted, rejected, types }: Admitted, held: Held): Promise<Answer> {
    const first = rejected[0];
    if (records.length === 0) return first ? refused(within(`[${first.index}]`, first.refusal), rejected) : taken(0, []);
    const written = held.until(log.append(topics.events, records));
    const failure = await withinTime(clock, limits.appendMsMax, written).then(() => null, notWritten);
    if (failure) return failure;
    for (const [type, events] of types) discovered.add(type, events);
    if (accepted > 0) telemetry.eventsTaken({ outcome: 'accepted', value: accepted });
    return taken(accepted, rejected);
  }

  function notWritten(error: unknown): Answer {
    if (error instanceof EventLogError && error.code === 'too-large') return refused(refusal('too-big', '', error.message));
    telemetry.appendFailed({ topic: topics.events.name, error });
    return notDurable();
  }

  function note(answer: Answer): Answer {
    const code = codeOf(answer);
    if (code !== null) telemetry.requestRefused({ reason: code, status: answer.status });
    return answer;
  }

  async function take(request: IntakeRequest): Promise<Answer> {
    const held = new Held(waiting);
    try {
      return note(held.more(bytesOf(request.body)) ? await taking(request, held) : tooMuchWaiting());
    } catch (error) {
      telemetry.stepFailed({ step: 'gateway', error });
      return note(notDurable());
    } finally {
      held.release();
    }
  }

  return { limits, waiting, take, note, discovered: () => discovered.all() };
}

/** What one request holds of the memory that all may: until it is answered and the event log has let go of it. */
class Held {
  readonly #waiting: Waiting;
  #bytes = 0;
  #inUse = 1;

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  more(bytes: number): boolean {
    if (!this.#waiting.hold(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  until<T>(work: Promise<T>): Promise<T> {
    this.#inUse++;
    return work.finally(() => this.release());
  }

  release(): void {
    if (--this.#inUse === 0) this.#waiting.release(this.#bytes);
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
