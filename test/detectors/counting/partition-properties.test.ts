import type { BatchEvent } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CountedMetric } from '../../../detectors/counting/metric.ts';
import { PartitionFold } from '../../../detectors/counting/partition.ts';
import type { StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { BLOCK_RECORDS, type CountsRecord } from '../../../platform/topics/counts.ts';
import { foldAll, merged, Partition, type Said, START, saved } from './records.ts';

const METRICS: CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'revenue', event: 'order.placed', value: 'amount' },
  { name: 'big', event: 'order.placed', where: { big: [true] } },
  { name: 'signups', event: 'user.registered' },
];
const begin = (): PartitionFold => new PartitionFold(0, METRICS, 0);

const event = fc.record({
  type: fc.constantFrom('order.placed', 'user.registered', 'page.seen'),
  afterMs: fc.nat(1500),
  amount: fc.nat(9),
});
const content = fc.record({ events: fc.array(event, { maxLength: 6 }), lost: fc.nat(1) });
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never;

/** What one producer says in a row, a batch each 100 ms. */
function said(producer: string, contents: readonly Content[]): Said[] {
  let published = 0;
  return contents.map(({ events, lost }, seq) => {
    published += events.length + lost;
    const listed = events.map(({ type, afterMs, amount }): BatchEvent => [type, afterMs, { amount, big: amount > 5 }]);
    const discarded = lost > 0 ? { 'order.placed': [[0, lost] as [number, number]] } : {};
    return { producer, seq, t0: START + seq * 100, published, events: listed, lost: discarded };
  });
}

/** Appended in this order, a batch each 20 ms, each sent when it is appended. */
function appended(order: readonly Said[]): StoredRecord[] {
  const partition = new Partition();
  order.forEach((batch, i) => {
    partition.batch(batch, START + i * 20);
  });
  return partition.records;
}

test('any repeats and any order of the same batches give the same totals', () => {
  const producers = fc.array(fc.array(content, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(producers, fc.infiniteStream(fc.nat(1_000_000)), (contents, random) => {
      const next = (below: number): number => (random.next().value as number) % below;
      const all = contents.flatMap((batches, i) => said(`shop#${i}`, batches));
      const plain = merged(foldAll(begin(), appended(all)).takeCounts());
      const shuffled = [...all];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = next(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j] as Said, shuffled[i] as Said];
      }
      for (let i = next(10); i > 0; i--) shuffled.splice(next(shuffled.length + 1), 0, all[next(all.length)] as Said);
      expect(merged(foldAll(begin(), appended(shuffled)).takeCounts())).toEqual(plain);
    }),
    { numRuns: 150 },
  );
});

const minute = fc.nat(40_000);
/** Any record at all, some of them poison, with offsets and clocks that jump. */
const anything = fc.record({
  form: fc.constantFrom('batch', 'batch', 'batch', 'tick', 'foreign', 'poison'),
  who: fc.nat(3),
  seq: fc.nat(25),
  content,
  skewMs: fc.constantFrom(0, 0, 0, 120, -400, 7400, -300_000),
  receivedMs: fc.constantFrom(0, 0, 0, 7400, -90_000),
  afterMs: fc.oneof(fc.nat(300), minute),
  skip: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(BLOCK_RECORDS * 2)),
  bye: fc.boolean(),
});
type Anything = typeof anything extends fc.Arbitrary<infer T> ? T : never;

function recordsOf(list: readonly Anything[]): StoredRecord[] {
  const partition = new Partition();
  let at = START;
  let offset = 0;
  for (const { form, who, seq, content, skewMs, receivedMs, afterMs, skip, bye } of list) {
    at += afterMs;
    offset += skip;
    partition.skipTo(offset);
    const [one] = said(`shop#${who}`, [content]);
    const t0 = at - 50 - skewMs;
    const batch = {
      ...(one as Said),
      seq,
      t0,
      published: seq * 5,
      sent: at - skewMs,
      until: at - skewMs,
      ...(bye && { bye: true as const }),
    };
    if (form === 'batch') partition.batch(batch, at, at + receivedMs);
    else if (form === 'tick') partition.tick(at + receivedMs, at, `writer ${who}`);
    else if (form === 'poison') partition.put({ key: '', value: '{"nothing":', headers: { received: String(at) } }, at);
    else partition.foreign([{ type: 'order.placed', time: at, source: 'curl', id: String(seq), data: { amount: 2 } }], at);
    offset++;
  }
  return partition.records;
}

interface Life {
  readonly published: CountsRecord[];
  readonly checkpoints: Map<number, ReturnType<typeof saved>>;
  /** Blocks before which everything was published: only their checkpoints may be written. */
  readonly writable: number[];
}

/** Folds on to the end, publishes where `flushes` says so, and keeps what would be saved before each block. */
function live(fold: PartitionFold, records: readonly StoredRecord[], flushes: (i: number) => boolean): Life {
  const published: CountsRecord[] = [];
  const checkpoints = new Map<number, ReturnType<typeof saved>>();
  let writable: number[] = [];
  records.forEach((record, i) => {
    const block = Math.floor(record.offset / BLOCK_RECORDS);
    if (block > fold.block) {
      fold.enter(block);
      checkpoints.set(block, saved(fold));
    }
    fold.take(record);
    if (!flushes(i)) return;
    published.push(...fold.takeCounts());
    writable = [...checkpoints.keys()];
  });
  return { published, checkpoints, writable };
}

const restored = ({ checkpoint, pairs }: ReturnType<typeof saved>): PartitionFold => new PartitionFold(0, METRICS, checkpoint, pairs);

test('a counter killed anywhere and started from any earlier checkpoint publishes what merges to the same totals', () => {
  const list = fc.array(anything, { minLength: 5, maxLength: 80 });
  fc.assert(
    fc.property(list, fc.nat(1_000_000), fc.nat(1_000_000), fc.integer({ min: 1, max: 9 }), (described, kill, choice, every) => {
      const records = recordsOf(described);
      const whole = merged(foldAll(begin(), records).takeCounts());
      const dead = live(begin(), records.slice(0, kill % (records.length + 1)), (i) => i % every === 0);
      const from = dead.checkpoints.get(dead.writable[choice % Math.max(1, dead.writable.length)] ?? -1);
      const fold = from ? restored(from) : begin();
      const next = live(fold, records, (i) => i % 3 === 0);
      expect(merged([...dead.published, ...next.published, ...fold.takeCounts()])).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test('what is saved before any block and restored goes on to say and save the same', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 5, maxLength: 80 }), (described) => {
      const records = recordsOf(described);
      const original = begin();
      const { checkpoints } = live(original, records, () => false);
      original.enter(1e6);
      const end = saved(original);
      for (const checkpoint of checkpoints.values()) {
        const copy = restored(checkpoint);
        expect(saved(copy)).toEqual(checkpoint);
        const rest = live(copy, records, () => false);
        copy.enter(1e6);
        expect(saved(copy)).toEqual(end);
        for (const [block, later] of rest.checkpoints) expect(later).toEqual(checkpoints.get(block));
      }
    }),
    { numRuns: 100 },
  );
});
