/** A deterministic fold over one partition's offsets into whole counts: whoever folds the same records says the same. */
import type { BatchHead } from '@plummet/sdk/batch';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Checkpoint, SavedPairs } from '../../platform/topics/checkpoints.ts';
import { readCloudEvent } from '../../platform/topics/cloudevents.ts';
import { BLOCK_RECORDS, type CountsRecord } from '../../platform/topics/counts.ts';
import { eventLimits } from '../../platform/topics/event-check.ts';
import { CLOCK_HEADER, type ForeignEvent, formOf } from '../../platform/topics/events.ts';
import { readForeign, readHead, readTick } from '../../platform/topics/read-events.ts';
import { isRefusal, type Refusal, refusal, sayRefusal } from '../../platform/topics/refusal.ts';
import { countBatch } from './batch-counts.ts';
import { BlockRows } from './block-rows.ts';
import type { Finding } from './findings.ts';
import { ForeignIds } from './foreign-ids.ts';
import { HeardProducers } from './heard.ts';
import { LogTime } from './log-time.ts';
import type { CountedMetric } from './metric.ts';

/** Gateways that do not name their clock are one voice together, whichever of them spoke. */
const GATEWAY = 'gateway';
/** A machine has one clock and one voice, whatever runs on it: else one wrong clock would speak for two. */
const voiceOf = (clock: string): string => `clock ${clock}`;
/** Where `max_clock_skew` is left out, ms. */
export const CLOCK_SKEW_MS_MAX = 5000;

export const blockOf = (offset: number): number => Math.floor(offset / BLOCK_RECORDS);

/** Told of every event that is counted, once each, in the order of the log: for those who keep the events themselves. */
export interface Witness {
  /** @param shiftMs  the skew that is taken off its times */
  batch(record: StoredRecord, head: BatchHead, shiftMs: number): void;
  /** @param nth  the event's place in its record */
  foreign(record: StoredRecord, event: ForeignEvent, nth: number): void;
}

export class PartitionFold {
  readonly partition: number;
  /** `max_clock_skew`, ms: a clock that is farther off is told, and no count depends on it, so it may change between two records. */
  clockSkewMsMax = CLOCK_SKEW_MS_MAX;
  witness: Witness | undefined;
  readonly #rows: BlockRows;
  readonly #producers: HeardProducers;
  readonly #ids: ForeignIds;
  readonly #logTime: LogTime;
  #progress: number;
  #block: number;
  /** The first offset not taken. */
  #to: number;
  /** Was anything taken since this block was published last? */
  #touched = false;
  #finished: CountsRecord[] = [];
  #findings: Finding[] = [];

  /**
   * @param from  the offset to begin with, or what was saved exactly before a block
   * @param pairs what the checkpoint names as sealed
   */
  constructor(partition: number, metrics: readonly CountedMetric[], from: number | Checkpoint, pairs: readonly SavedPairs[] = []) {
    const saved = typeof from === 'number' ? undefined : from;
    this.partition = partition;
    this.#rows = new BlockRows(metrics);
    this.#logTime = saved ? LogTime.restore(saved.logTime) : new LogTime();
    this.#producers = HeardProducers.restore(saved?.producers ?? [], this.#logTime.newest);
    this.#ids = ForeignIds.restore(saved?.pairs.open ? [...pairs, saved.pairs.open] : pairs);
    this.#progress = saved?.progress ?? 0;
    this.#to = saved ? saved.block * BLOCK_RECORDS : (from as number);
    this.#block = blockOf(this.#to);
    if (saved) this.#rows.restoreSegments(saved.segments ?? []);
    else if (this.#to === 0) this.#rows.begin();
  }

  /** The first offset that was not taken. */
  get to(): number {
    return this.#to;
  }

  get block(): number {
    return this.#block;
  }

  /** Blocks that are whole and wait to be published. */
  get finished(): number {
    return this.#finished.length;
  }

  /** The largest skew of the producers heard in the last 10 s, ms, either way. */
  get skewMs(): number {
    return this.#producers.skewMs;
  }

  /** Takes the next record; one that was taken before changes nothing. */
  take(record: StoredRecord): void {
    if (record.offset < this.#to) return;
    this.enter(blockOf(record.offset));
    this.#to = record.offset + 1;
    this.#touched = true;
    const form = formOf(record.headers);
    if (form === 'tick') {
      this.#tick(record);
      return;
    }
    const now = this.#hear(record);
    if (form === 'batch') this.#batch(record, now);
    else if (form === 'foreign') this.#foreign(record, readForeign(record.value));
    else if (form === 'cloudevent') this.#cloudEvent(record, now);
    else this.#unreadable(record, ...unknownForm(record.headers['content-type']));
  }

  /** Ends the blocks before `block`: their counts are whole. What is too old by log time is forgotten here and only here. */
  enter(block: number): void {
    if (block <= this.#block) return;
    if (this.#touched || this.#rows.keepsBack) this.#finished.push(this.#record(Number.POSITIVE_INFINITY));
    for (const { metric, values } of this.#rows.clear()) this.#findings.push({ is: 'too many values', metric, values });
    this.#block = block;
    this.#to = Math.max(this.#to, block * BLOCK_RECORDS);
    this.#producers.forget(this.#logTime.newest);
    this.#ids.forget(this.#logTime.newest);
  }

  /** One record a touched block with what changed in it since the last call; the newest block's is whole as of its `to`. */
  takeCounts(): CountsRecord[] {
    const records = this.#finished;
    this.#finished = [];
    if (this.#touched) records.push(this.#record(Math.floor(this.#progress / 1000)));
    return records;
  }

  takeFindings(): Finding[] {
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }

  /** Rows of these series end here: what was counted of them stays as it is. */
  leave(series: ReadonlySet<string>): void {
    this.#rows.leave(series);
  }

  /** Everything that counting from here on depends on. To be called where a block begins, before its first record is taken. */
  checkpoint(): Checkpoint {
    const segments = this.#rows.saveSegments();
    return {
      partition: this.partition,
      block: this.#block,
      progress: this.#progress,
      logTime: this.#logTime.save(),
      producers: this.#producers.save(),
      pairs: this.#ids.save(this.#logTime.newest),
      ...(segments.length > 0 && { segments }),
    };
  }

  /** One of the buckets that a checkpoint named as sealed; null once it is forgotten. */
  sealedPairs(bucket: number): SavedPairs | null {
    return this.#ids.bucket(bucket);
  }

  /** @param openFrom  segments of seconds from here on are told later */
  #record(openFrom: number): CountsRecord {
    this.#touched = false;
    const waits = this.#producers.waits(this.#logTime.newest);
    const rows = this.#rows.takeChanged(openFrom);
    const types = this.#rows.unwatched.takeChanged();
    const record = { partition: this.partition, block: this.#block, to: this.#to, progress: this.#progress, waits, rows };
    return types.length === 0 ? record : { ...record, types };
  }

  #tick(record: StoredRecord): void {
    const tick = readTick(record.value);
    if (isRefusal(tick)) {
      this.#logTime.hear(record.appendedAt);
      this.#refused(record, tick);
      return;
    }
    const voice = tick.clock === undefined ? `tick ${tick.writer}` : voiceOf(tick.clock);
    const now = this.#logTime.hear(record.appendedAt, voice, tick.at);
    if (now > this.#progress) this.#progress = now;
    for (const lost of this.#producers.takeLost(this.#logTime.newest)) this.#findings.push({ is: 'lost', why: 'gap', ...lost });
  }

  /** Log time at a record that may carry when a gateway received it. */
  #hear({ appendedAt, headers }: StoredRecord): number {
    const received = Number(headers.received ?? Number.NaN);
    if (!(received >= eventLimits.namedTimeMin && received < eventLimits.timeMax)) return this.#logTime.hear(appendedAt);
    const clock = headers[CLOCK_HEADER];
    return this.#logTime.hear(appendedAt, clock === undefined ? GATEWAY : voiceOf(clock), received);
  }

  #batch(record: StoredRecord, now: number): void {
    const head = readHead(record.value);
    if (isRefusal(head)) {
      this.#refused(record, head);
      return;
    }
    const producer = this.#producers.of(head.producer, now);
    const { seen, skew } = producer;
    skew.hear(now - head.sent);
    const isFarOff = Math.abs(skew.ms) > this.clockSkewMsMax;
    if (isFarOff && !producer.flagged) this.#findings.push({ is: 'skewed', producer: producer.name, skewMs: skew.ms });
    producer.flagged = isFarOff;
    const shiftMs = skew.shiftMs;
    const wrong = refuseOurDays(head.t0 + shiftMs);
    if (wrong) {
      this.#refused(record, wrong);
      return;
    }
    const inside = eventsIn(head.tally);
    const lost = eventsIn(head.lost);
    const heard = seen.hear(head, inside + lost, now);
    if (heard === 'repeat') {
      this.#findings.push({ is: 'discarded', events: inside });
      return;
    }
    if (heard === 'other sender') this.#findings.push({ is: 'two senders', producer: producer.name, seq: head.seq });
    if (lost > 0) this.#findings.push({ is: 'lost', why: 'memory', producer: producer.name, events: lost });
    this.#producers.speaks(producer, head.until, head.bye === true, now);
    const unread = countBatch(this.#rows, head, shiftMs, record.value);
    if (unread) this.#refused(record, unread);
    this.witness?.batch(record, head, shiftMs);
  }

  #cloudEvent(record: StoredRecord, now: number): void {
    const event = readCloudEvent(record.headers, record.value, now);
    this.#foreign(record, typeof event === 'string' ? refusal('bad-shape', '', event) : [event]);
  }

  #foreign(record: StoredRecord, events: readonly ForeignEvent[] | Refusal): void {
    if (isRefusal(events)) {
      this.#refused(record, events);
      return;
    }
    const newest = this.#logTime.newest;
    let discarded = 0;
    for (const [nth, event] of events.entries()) {
      const { type, time, source, id, data, weight = 1 } = event;
      if (id !== null && this.#ids.isRepeat(source, id, newest)) {
        discarded += weight;
        continue;
      }
      this.witness?.foreign(record, event, nth);
      const second = Math.floor(time / 1000);
      const counters = this.#rows.counters(type);
      if (counters.length === 0) this.#rows.unwatched.add(type, weight);
      for (const counter of counters) this.#rows.addEvent(counter, data, second, weight);
    }
    if (discarded > 0) this.#findings.push({ is: 'discarded', events: discarded });
  }

  #refused(record: StoredRecord, wrong: Refusal): void {
    this.#unreadable(record, wrong.code, sayRefusal(wrong));
  }

  #unreadable({ offset, appendedAt, value }: StoredRecord, reason: string, detail: string): void {
    this.#findings.push({ is: 'unreadable', offset, at: appendedAt, reason, detail, value });
  }
}

function eventsIn(tally: Readonly<Record<string, readonly (readonly [number, number])[]>>): number {
  let events = 0;
  for (const type in tally) for (const [, n] of tally[type] ?? []) events += n;
  return events;
}

/** A batch's times once its producer's skew is off them. */
function refuseOurDays(t0: number): Refusal | null {
  if (t0 >= eventLimits.namedTimeMin && t0 < eventLimits.timeMax) return null;
  return refusal('time-out-of-range', 't0', `must lie between the years 2000 and 2100 by log time; found ${t0} ms since 1970`);
}

function unknownForm(contentType: string | undefined): [reason: string, detail: string] {
  const version = /^application\/vnd\.plummet\.[a-z]+\+json;\s*v=(\d+)/.exec(contentType ?? '')?.[1];
  if (version !== undefined) return ['newer-version', `content-type: ${contentType}: this program reads v=1; update it`];
  return ['unknown-form', `content-type: must be a batch, a tick or a CloudEvent; found ${contentType ?? 'nothing'}`];
}
