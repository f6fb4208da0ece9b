/** Reads one topic straight from its partitions' leaders, from positions that the caller keeps: no group, nothing to rebalance. */
import { type Clock, sleep, type Timer } from '../../units/clock.ts';
import type { Positions, Reader, StoredRecord } from '../eventlog.ts';
import type { OnProblem } from '../problem.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { FETCH_WAIT_MS, type FetchedPartition, fetchOf, readFetched } from './fetch.ts';
import { type Chunk, Handling } from './handling.ts';
import { type BrokerAddress, errorOfKafka } from './kafkajs-parts.ts';
import type { Leaders } from './leaders.ts';
import { AT_END, AT_OLDEST, askOffsets, offsetsOf } from './offsets.ts';
import { type Room, readBatches, roomOfAnswer } from './record-batch.ts';
import { Stall } from './stall.ts';
import { Trouble } from './trouble.ts';

/** After a fault, leaders are asked for and read again so much later. */
const AGAIN_MS = 150;
/** How often the watchdog looks, and leaders that changed are followed. */
const LOOK_EVERY_MS = 500;
/** What a leader said of its end holds for so long; then others are asked. */
const HEARD_MS_MAX = 1_000;
const OFFSET_OUT_OF_RANGE = 1;

export interface LeaderReaderOptions {
  /** Full name. */
  readonly topic: string;
  /** Those to read. */
  readonly partitions: readonly number[];
  readonly leaders: Leaders;
  readonly connections: ConnectionsOptions;
  readonly report: OnProblem;
  readonly handle: (records: readonly StoredRecord[]) => Promise<void> | void;
}

/** Of one partition. */
interface Place {
  /** The offset to fetch next. */
  next: number;
  /** Its end as was said last, and when that was (monotonic ms). */
  end: number;
  heardAt: number;
  /** It is not fetched while its position lies beyond its end. */
  beyond: boolean;
}

export class LeaderReader implements Reader {
  readonly #options: LeaderReaderOptions;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #handling: Handling;
  readonly #trouble: Trouble;
  /** By partition; those whose place is not known yet are left out. */
  readonly #places = new Map<number, Place>();
  /** Leaders that are being read now. */
  readonly #loops = new Map<string, Promise<void>>();
  readonly #stall = new Stall();
  /** What is read over them counts only while they are these: a rebuild makes others. */
  #connections: Connections;
  /** What came over them, as of the last look. */
  #came = { answers: 0, bytes: 0 };
  #answers = 0;
  /** Answers that came and are being read: on a busy machine that may take longer than the watchdog has patience. */
  #unpacking = 0;
  #turn = 0;
  #timer: Timer;

  constructor(options: LeaderReaderOptions, positions: Positions) {
    const { topic, connections, report, handle } = options;
    this.#options = options;
    this.#clock = connections.clock;
    this.#connections = new Connections(connections);
    this.#handling = new Handling({ topic, clock: this.#clock, report, handle, signal: this.#stopping.signal });
    this.#trouble = new Trouble({ clock: this.#clock, what: `${topic} cannot be read`, report });
    this.#timer = this.#lookLater();
    void this.#begin(positions);
  }

  /** Records that were there when the leaders were last heard, and are not handled yet. */
  get lag(): number {
    let lag = 0;
    for (const [partition, { end }] of this.#places) lag += Math.max(0, end - (this.#handling.at(partition) ?? end));
    return lag;
  }

  async caughtUp(): Promise<void> {
    const { topic, leaders } = this.#options;
    const wish = { topic, partitions: this.#options.partitions, time: AT_END };
    const ends = await offsetsOf(leaders, wish, { clock: this.#clock, signal: this.#stopping.signal });
    await this.#handling.reached(ends);
  }

  async stop(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      this.#timer.cancel();
      this.#connections.close();
    }
    await this.#handling.ended();
  }

  async #begin(positions: Positions): Promise<void> {
    const { topic, leaders } = this.#options;
    const start = (partition: number, next: number): void => {
      this.#places.set(partition, { next, end: next, heardAt: Number.NEGATIVE_INFINITY, beyond: false });
      this.#handling.start(partition, next);
    };
    const wanted = this.#options.partitions;
    for (const partition of wanted) {
      const position = positions.get(partition);
      if (position !== undefined) start(partition, position);
    }
    this.#assign();
    const rest = wanted.filter((partition) => !this.#places.has(partition));
    const wish = { topic, partitions: rest, time: AT_OLDEST };
    const oldest = await offsetsOf(leaders, wish, { clock: this.#clock, signal: this.#stopping.signal });
    for (const [partition, offset] of oldest) start(partition, offset);
    this.#assign();
  }

  /** Begins to read every leader that has partitions of ours and is not being read. */
  #assign(): void {
    const { topic, leaders } = this.#options;
    for (const partition of this.#places.keys()) {
      const leader = leaders.leader(topic, partition);
      if (leader === undefined || this.#stopping.signal.aborted) continue;
      const name = `${leader.host}:${leader.port}`;
      if (this.#loops.has(name) || this.#wantedOf(leader).size === 0) continue;
      const loop = this.#readLeader(leader, this.#connections).finally(() => {
        if (this.#loops.get(name) === loop) this.#loops.delete(name);
      });
      this.#loops.set(name, loop);
    }
  }

  /** One request in flight; while its records are handled, the next is under way. Ends when nothing of ours is led there. */
  async #readLeader(leader: BrokerAddress, connections: Connections): Promise<void> {
    const { leaders, topic } = this.#options;
    const over = (): boolean => this.#stopping.signal.aborted || connections !== this.#connections;
    let handled: Promise<void> = Promise.resolve();
    for (;;) {
      leaders.freshen();
      const wanted = this.#wantedOf(leader);
      if (over() || wanted.size === 0) return;
      try {
        const answer = await connections.send(leader, () => fetchOf(topic, wanted), FETCH_WAIT_MS);
        this.#answers++;
        await handled;
        const { errorCode, partitions } = readFetched(answer);
        if (errorCode !== 0) throw new Error(errorOfKafka(errorCode).message);
        const read = await this.#readAll(partitions, wanted);
        if (over()) return;
        handled = this.#take(read.flatMap((one) => one ?? []));
        const refused = partitions.find((one) => one.errorCode !== 0 && one.errorCode !== OFFSET_OUT_OF_RANGE);
        if (refused) throw new Error(`partition ${refused.partition}: ${errorOfKafka(refused.errorCode).message}`);
        this.#trouble.over();
      } catch (error) {
        if (over()) return;
        this.#trouble.goesOn(error);
        await this.#askAgain();
      }
    }
  }

  /** Offsets to fetch there, in another order each time: a leader fills its answer in the order asked. */
  #wantedOf(leader: BrokerAddress): ReadonlyMap<number, number> {
    const { topic, leaders } = this.#options;
    const theirs: [partition: number, offset: number][] = [];
    for (const [partition, { next, beyond }] of this.#places) {
      const at = leaders.leader(topic, partition);
      if (!beyond && at?.host === leader.host && at.port === leader.port) theirs.push([partition, next]);
    }
    const first = theirs.length === 0 ? 0 : this.#turn++ % theirs.length;
    return new Map([...theirs.slice(first), ...theirs.slice(0, first)]);
  }

  async #readAll(partitions: readonly FetchedPartition[], wanted: ReadonlyMap<number, number>) {
    const room = roomOfAnswer();
    this.#unpacking++;
    try {
      return await Promise.all(partitions.map((one) => this.#read(one, wanted, room)));
    } finally {
      this.#unpacking--;
    }
  }

  async #read(
    fetched: FetchedPartition,
    wanted: ReadonlyMap<number, number>,
    room: Room,
  ): Promise<(Chunk & { from: number; end: number }) | undefined> {
    const { partition, errorCode, end, bytes } = fetched;
    const { topic, report } = this.#options;
    const from = wanted.get(partition);
    if (from === undefined) return undefined;
    if (errorCode === OFFSET_OUT_OF_RANGE) return this.#findPlace(partition, from);
    if (errorCode !== 0) return undefined;
    const { records, next, unreadable } = await readBatches(bytes, partition, from, room);
    for (const why of unreadable) report({ kind: 'unreadable', message: `${topic}/${partition}: ${why}` });
    return { partition, records, next, from, end };
  }

  /** All at once, so that no other leader's records of the same partition come between. */
  #take(read: readonly (Chunk & { from: number; end: number })[]): Promise<void> {
    const now = this.#clock.monotonic();
    const chunks: Chunk[] = [];
    for (const chunk of read) {
      const place = this.#places.get(chunk.partition) as Place;
      if (place.next !== chunk.from) continue;
      place.next = chunk.next;
      place.end = chunk.end;
      place.heardAt = now;
      if (chunk.next !== chunk.from) chunks.push(chunk);
    }
    return this.#handling.take(chunks);
  }

  /** The leader has nothing at that offset: it is deleted by now, or has not been written yet. */
  async #findPlace(partition: number, from: number): Promise<(Chunk & { from: number; end: number }) | undefined> {
    const { topic, leaders, report } = this.#options;
    const ask = async (time: number) => (await askOffsets(leaders, { topic, partitions: [partition], time })).found.get(partition);
    const oldest = await ask(AT_OLDEST);
    const end = await ask(AT_END);
    if (oldest === undefined || end === undefined) return undefined;
    if (from < oldest) {
      const message = `${topic}/${partition}: offset ${from} is deleted by now; reading begins at the oldest there is, ${oldest}.`;
      report({ kind: 'behind-retention', message });
      return { partition, records: [], next: oldest, from, end };
    }
    const place = this.#places.get(partition) as Place;
    if (from > end && place.next === from) {
      place.beyond = true;
      const what = `reading waits for offset ${from}, but the end is ${end}`;
      report({ kind: 'beyond-end', message: `${topic}/${partition}: ${what}. Was the topic deleted and made anew?` });
    }
    return undefined;
  }

  async #askAgain(): Promise<void> {
    const { signal } = this.#stopping;
    await sleep(this.#clock, AGAIN_MS, signal);
    if (signal.aborted) return;
    await this.#options.leaders.refresh().catch((error: unknown) => this.#trouble.goesOn(error));
    this.#assign();
  }

  #lookLater(): Timer {
    return this.#clock.after(LOOK_EVERY_MS, async () => {
      await this.#look();
      if (!this.#stopping.signal.aborted) this.#timer = this.#lookLater();
    });
  }

  /** Partitions of which nothing was heard lately are asked about elsewhere. */
  async #look(): Promise<void> {
    const { topic, leaders } = this.#options;
    leaders.freshen();
    const silent = [...this.#places].filter(([, { heardAt }]) => this.#clock.monotonic() - heardAt > HEARD_MS_MAX);
    const { found, why } = await askOffsets(leaders, { topic, partitions: silent.map(([partition]) => partition), time: AT_END });
    if (why !== undefined && !this.#stopping.signal.aborted) await leaders.refresh().catch((error: unknown) => this.#trouble.goesOn(error));
    if (this.#stopping.signal.aborted) return;
    for (const [partition, end] of found) {
      const place = this.#places.get(partition) as Place;
      place.end = Math.max(place.end, end);
      if (end >= place.next) place.beyond = false;
    }
    if (this.#handling.busy || this.#unpacking > 0 || this.#comesSlowly()) this.#stall.forgive();
    const behind = [...this.#places].filter(([, { beyond }]) => !beyond);
    const positions = new Map(behind.map(([partition, { next }]) => [partition, next]));
    const stalled = this.#stall.look(positions, new Map(behind.map(([partition, { end }]) => [partition, end])), this.#clock.monotonic());
    if (stalled.length > 0) this.#rebuild(stalled);
    this.#assign();
  }

  /** Whether an answer is under way that takes long because the line is slow. */
  #comesSlowly(): boolean {
    const before = this.#came;
    this.#came = { answers: this.#answers, bytes: this.#connections.bytesRead };
    return this.#came.answers === before.answers && this.#came.bytes !== before.bytes;
  }

  #rebuild(stalled: readonly number[]): void {
    const { topic, connections, report } = this.#options;
    const message = `${topic}: nothing came of partition ${stalled.join(', ')} though there is more; its connections are made anew.`;
    report({ kind: 'stalled', message });
    this.#connections.close();
    this.#connections = new Connections(connections);
    this.#loops.clear();
    this.#stall.forgive();
  }
}
