/** Appends with acks=all: what waits for one leader goes in one request, one request in flight a leader, tried again in order. */
import { type Clock, sleep, type Timer } from '../../units/clock.ts';
import type { LogRecord } from '../eventlog.ts';
import { EventLogError, type OnProblem } from '../problem.ts';
import { GZIP } from './codecs.ts';
import { Connections, type ConnectionsOptions, SilentBroker } from './connections.ts';
import { Identities, type Identity } from './identity.ts';
import { type BrokerAddress, errorOfKafka, type InnerBroker, requestOf } from './kafkajs-parts.ts';
import { type Group, Lane, type Part } from './lane.ts';
import type { Leaders } from './leaders.ts';
import { sentenceOf } from './sentence.ts';
import { Trouble } from './trouble.ts';

/** Less than a sender waits for the gateway's answer, so that what it sends again finds nothing of it waiting here. */
const APPEND_MS_MAX = 4_000;
/** A broker waits so long for its replicas. */
const REPLICAS_MS_MAX = 1_000;
const AGAIN_MS = 100;
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** Unpacked bytes of one request. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const OVERHEAD_BYTES = 100;
/** A partition that failed and is not appended to any more is thought of as failing for so long. */
const FAILING_MS = 5_000;

/** It is there already: a try before had reached the broker. */
const DUPLICATE_SEQUENCE_NUMBER = 46;
/** OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED: another identity numbers anew. */
const IDENTITY_LOST = new Set([45, 47, 59, 90]);
const MESSAGE_TOO_LARGE = 10;
/** Trying again does not help: RECORD_LIST_TOO_LARGE, TOPIC_AUTHORIZATION_FAILED, UNSUPPORTED_FOR_MESSAGE_FORMAT, … */
const HOPELESS = new Set([MESSAGE_TOO_LARGE, 17, 18, 21, 29, 31, 43, 44, 76, 87]);

interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly baseOffset: string }[];
  }[];
}

export interface AppenderOptions {
  readonly leaders: Leaders;
  readonly connections: ConnectionsOptions;
  readonly report: OnProblem;
  /** 4 s by default. */
  readonly appendMsMax?: number;
}

interface Flight {
  readonly lane: Lane;
  readonly group: Group;
}

export class Appender {
  readonly #options: AppenderOptions;
  readonly #clock: Clock;
  readonly #connections: Connections;
  readonly #identities: Identities;
  readonly #trouble: Trouble;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that have something to send. */
  readonly #busy = new Set<Lane>();
  readonly #loops = new Map<string, Promise<void>>();
  /** Lanes whose last try failed, and when that was (monotonic ms). */
  readonly #failing = new Map<Lane, number>();
  #waitingBytes = 0;
  #recovering: Promise<void> | undefined;
  #expiry: Timer | undefined;
  #closed = false;

  constructor(options: AppenderOptions) {
    this.#options = options;
    this.#clock = options.connections.clock;
    this.#connections = new Connections(options.connections);
    this.#identities = new Identities(this.#clock);
    this.#trouble = new Trouble({ clock: this.#clock, what: 'Appends wait', report: options.report });
  }

  /** Why appends do not get through now, or did not a moment ago; empty while they do. */
  get trouble(): string {
    for (const [lane, at] of this.#failing) if (lane.empty && this.#clock.monotonic() - at > FAILING_MS) this.#failing.delete(lane);
    return this.#failing.size > 0 ? this.#trouble.why : '';
  }

  /** @returns the offsets; @throws EventLogError `overloaded`, `too-large`, `unreachable`, `refused` or `closed` */
  append(topic: string, partition: number, records: readonly LogRecord[], bytes: readonly number[]): Promise<readonly number[]> {
    const sum = bytes.reduce((a, b) => a + b, 0);
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waitingBytes > 0 && this.#waitingBytes + sum > WAITING_BYTES_MAX) {
      const what = `${this.#waitingBytes} bytes wait for the brokers already (waitingBytesMax ${WAITING_BYTES_MAX})`;
      return Promise.reject(new EventLogError('overloaded', `${what}. Send again later, and look at the brokers if it lasts.`));
    }
    this.#waitingBytes += sum;
    const name = `${topic}/${partition}`;
    const lane = this.#lanes.get(name) ?? new Lane(topic, partition);
    this.#lanes.set(name, lane);
    const deadline = this.#clock.monotonic() + (this.#options.appendMsMax ?? APPEND_MS_MAX);
    const appending = new Promise<readonly number[]>((resolve, reject) => {
      lane.push({ records, bytes, deadline, taken: 0, appended: 0, offsets: [], resolve, reject } satisfies Part);
    });
    this.#busy.add(lane);
    this.#send(lane);
    this.#expireLater();
    return appending.finally(() => {
      this.#waitingBytes -= sum;
    });
  }

  /** What waits fails; what is under way may be there or not. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#expiry?.cancel();
    this.#connections.close();
    await Promise.all(this.#loops.values());
    for (const lane of this.#lanes.values()) {
      lane.flying = false;
      for (; lane.group() !== undefined; ) lane.failed(closedError());
    }
  }

  #send(lane: Lane): void {
    const leader = this.#options.leaders.leader(lane.topic, lane.partition);
    if (leader === undefined) {
      this.#recover(new Error(`${lane.topic}/${lane.partition} has no leader now`));
      return;
    }
    const name = nameOf(leader);
    if (this.#closed || this.#loops.has(name)) return;
    const loop = this.#sendTo(leader).finally(() => {
      this.#loops.delete(name);
      for (const left of this.#busy) if (left.group() !== undefined && !this.#recovering) this.#send(left);
    });
    this.#loops.set(name, loop);
  }

  /** One request after the other while anything waits for that leader. */
  async #sendTo(leader: BrokerAddress): Promise<void> {
    // Appends of the same turn of the event loop go together.
    await Promise.resolve();
    while (!this.#closed) {
      const flights = this.#flights(leader);
      if (flights.length === 0) return;
      const again = await this.#fly(leader, flights);
      for (const { lane } of flights) {
        lane.flying = false;
        if (lane.empty) this.#busy.delete(lane);
      }
      if (again !== undefined) return this.#recover(again);
      if (this.#failing.size === 0) this.#trouble.over();
    }
  }

  #flights(leader: BrokerAddress): Flight[] {
    const flights: Flight[] = [];
    let bytes = 0;
    for (const lane of this.#busy) {
      const at = this.#options.leaders.leader(lane.topic, lane.partition);
      if (at === undefined || nameOf(at) !== nameOf(leader)) continue;
      const group = lane.group();
      if (group === undefined) continue;
      bytes += group.records.reduce((sum, { value }) => sum + value.length + OVERHEAD_BYTES, 0);
      if (flights.length > 0 && bytes > REQUEST_BYTES_MAX) break;
      flights.push({ lane, group });
    }
    // Those that were left out come first the next time.
    for (const { lane } of flights) {
      lane.flying = true;
      this.#busy.delete(lane);
      this.#busy.add(lane);
    }
    return flights;
  }

  /** @returns why some of it has to be tried again; undefined where all is settled */
  async #fly(leader: BrokerAddress, flights: readonly Flight[]): Promise<unknown> {
    let answer: ProduceAnswer;
    let identity: Identity | undefined;
    try {
      identity = await this.#identities.get(leader, this.#options.leaders.connections);
      for (const { lane, group } of flights) number(lane, group, identity);
      answer = await this.#connections.send(leader, (broker) => produceOf(broker, flights, identity), REPLICAS_MS_MAX);
    } catch (error) {
      for (const { lane } of flights) {
        this.#failing.set(lane, this.#clock.monotonic());
        if (error instanceof SilentBroker) lane.slow();
      }
      return error;
    }
    return this.#settle(flights, answer, identity);
  }

  #settle(flights: readonly Flight[], answer: ProduceAnswer, identity: Identity | undefined): unknown {
    let again: unknown;
    const codes = new Map(
      answer.topics.flatMap(({ topicName, partitions }) => partitions.map((one) => [`${topicName}/${one.partition}`, one])),
    );
    for (const { lane } of flights) {
      const one = codes.get(`${lane.topic}/${lane.partition}`);
      const code = one?.errorCode ?? -1;
      if (code === 0 || code === DUPLICATE_SEQUENCE_NUMBER) {
        this.#failing.delete(lane);
        lane.appended(Number(one?.baseOffset));
      } else if (HOPELESS.has(code)) {
        lane.failed(refusedError(code, lane));
      } else {
        this.#failing.set(lane, this.#clock.monotonic());
        if (IDENTITY_LOST.has(code)) this.#identities.forget(identity);
        again = Object.assign(new Error(`${lane.topic}/${lane.partition}: ${errorOfKafka(code).message}`), {
          type: errorOfKafka(code).type,
        });
      }
    }
    return again;
  }

  /** Asks who leads now, and begins again; one at a time. */
  #recover(why: unknown): void {
    if (this.#closed) return;
    this.#trouble.goesOn(why);
    this.#recovering ??= this.#recovered().finally(() => {
      this.#recovering = undefined;
      for (const lane of this.#busy) if (lane.group() !== undefined) this.#send(lane);
    });
  }

  async #recovered(): Promise<void> {
    await sleep(this.#clock, AGAIN_MS);
    if (!this.#closed) await this.#options.leaders.refresh().catch((error: unknown) => this.#trouble.goesOn(error));
    this.#expire();
  }

  #expireLater(): void {
    this.#expiry ??= this.#clock.after(AGAIN_MS, () => {
      this.#expiry = undefined;
      this.#expire();
      if (this.#busy.size > 0 && !this.#closed) this.#expireLater();
    });
    this.#expiry.keepAlive?.();
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    const error = (): Error => {
      const why = this.#trouble.why || 'The brokers are slow: look at them, and at the network between.';
      return new EventLogError('unreachable', `The brokers did not take it in time. ${why}`);
    };
    for (const lane of this.#busy) {
      const group = lane.group();
      if (group !== undefined && now >= group.deadline) {
        // Whether it is there is not known, and so is not which number comes next.
        if (group.identity !== undefined) this.#identities.forget(group.identity);
        lane.failed(error());
      }
      lane.expire(now, error);
      if (lane.empty) this.#busy.delete(lane);
    }
  }
}

const nameOf = ({ host, port }: BrokerAddress): string => `${host}:${port}`;

/** Numbers the group's records, unless a try before did so under the same identity. */
function number(lane: Lane, group: Group, identity: Identity | undefined): void {
  if (identity === undefined || group.identity === identity) return;
  if (lane.identity !== identity) {
    lane.identity = identity;
    lane.next = 0;
  }
  group.identity = identity;
  group.sequence = lane.next;
}

function produceOf(broker: InnerBroker, flights: readonly Flight[], identity: Identity | undefined) {
  const topics = new Map<string, object[]>();
  for (const { lane, group } of flights) {
    const partitions = topics.get(lane.topic) ?? [];
    topics.set(lane.topic, partitions);
    partitions.push({ partition: lane.partition, messages: group.records, ...(identity && { firstSequence: group.sequence }) });
  }
  return requestOf<ProduceAnswer>(broker, 'Produce', {
    acks: -1,
    timeout: REPLICAS_MS_MAX,
    compression: GZIP,
    topicData: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    ...(identity && { producerId: identity.id, producerEpoch: identity.epoch }),
  });
}

function refusedError(code: number, { topic, partition }: Lane): EventLogError {
  const sentence = sentenceOf(errorOfKafka(code));
  const kind = code === MESSAGE_TOO_LARGE ? 'too-large' : 'refused';
  return new EventLogError(kind, `${topic}/${partition} does not take it. ${sentence}`);
}

function closedError(): EventLogError {
  return new EventLogError('closed', 'The event log in Kafka is closed.');
}
