import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpack } from '../../../../platform/eventlog/kafka/codecs.ts';
import { readBatches, UNREADABLE_CONTENT_TYPE } from '../../../../platform/eventlog/kafka/record-batch.ts';
import { readZstdAnywhere } from '../../../../platform/eventlog/kafka/zstd.ts';

const require = createRequire(import.meta.url);
interface Encoded {
  readonly buffer: Buffer;
}
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as { RecordBatch(batch: object): Promise<Encoded> };
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;

const GZIP = 1;

/** As a broker has it: records `a`, `b`, … from offset `firstOffset` on, appended at 1,000. */
async function batch(firstOffset: number, values: readonly string[], compression = 0): Promise<Buffer> {
  const records = values.map((value, i) => encodeRecord({ key: 'k', value, headers: { h: '1' }, offsetDelta: i, timestampDelta: 0 }));
  const times = { firstTimestamp: 1000, maxTimestamp: 1000 };
  const { buffer } = await RecordBatch({ compression, records, ...times, firstOffset, lastOffsetDelta: values.length - 1 });
  return Buffer.from(buffer);
}

/** With room for all of it. */
const read = (bytes: Buffer, partition: number, from: number) => readBatches(bytes, partition, from, { bytes: Number.POSITIVE_INFINITY });

test('records before the offset asked for are dropped, and a piece of the next batch is left for the next time', async () => {
  const first = await batch(10, ['a', 'b', 'c'], GZIP);
  const second = await batch(13, ['d', 'e']);
  const { records, next } = await read(Buffer.concat([first, second.subarray(0, -5)]), 2, 11);
  expect(records.map(({ partition, offset, value }) => [partition, offset, value])).toEqual([
    [2, 11, 'b'],
    [2, 12, 'c'],
  ]);
  expect(next).toBe(13);
  expect((await read(Buffer.concat([first, second]), 2, 13)).records.map(({ value }) => value)).toEqual(['d', 'e']);
});

test('records that compaction took away leave gaps in the offsets, and reading goes on after the batch', async () => {
  const sparse = await batch(10, ['a', 'b']);
  sparse.writeInt32BE(6, 23);
  const { records, next } = await read(sparse, 0, 3);
  expect(records.map(({ offset }) => offset)).toEqual([10, 11]);
  expect(next).toBe(17);
});

test('a batch that cannot be unpacked becomes one record under its last offset, and the next is read', async () => {
  const broken = await batch(0, ['a', 'b', 'c'], GZIP);
  broken.fill(0, 70, 80);
  const { records, next, unreadable } = await read(Buffer.concat([broken, await batch(3, ['d'])]), 0, 0);
  expect(records.map(({ offset, headers }) => [offset, headers['content-type']])).toEqual([
    [2, UNREADABLE_CONTENT_TYPE],
    [3, undefined],
  ]);
  expect(records[0]?.value).toMatch(/^The records from offset 0 to 2 cannot be read: .*\.$/);
  expect(unreadable).toEqual([records[0]?.value]);
  expect(next).toBe(4);
});

test('a codec that came after this was written is told, and passed over', async () => {
  const strange = await batch(0, ['a', 'b']);
  strange.writeInt16BE(6, 21);
  const { records, next } = await read(Buffer.concat([strange, await batch(2, ['c'])]), 0, 0);
  expect(records.map(({ value }) => value)).toEqual([
    'The records from offset 0 to 1 cannot be read: their codec 6 is not known to this version.',
    'c',
  ]);
  expect(next).toBe(3);
});

test('a message format older than batches is told, and passed over', async () => {
  const old = await batch(5, ['a']);
  old.writeInt8(1, 16);
  const { records, next } = await read(old, 0, 5);
  expect(records[0]?.value).toMatch(/older than Kafka 0\.11/);
  expect(next).toBe(6);
});

test('an answer of bombs is read a few batches at a time, and each of them comes', async () => {
  const large = 'x'.repeat(1_000_000);
  const bombs = Buffer.concat(await Promise.all(Array.from({ length: 10 }, (_, i) => batch(i, [large], GZIP))));
  expect(bombs.length).toBeLessThan(100_000);
  const sizes: number[] = [];
  for (let from = 0; from < 10; ) {
    const { records, next } = await readBatches(bombs, 0, from, { bytes: 2_500_000 });
    expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: next - from }, (_, i) => from + i));
    sizes.push(records.length);
    from = next;
  }
  expect(sizes).toEqual([3, 3, 3, 1]);
  expect((await readBatches(bombs, 0, 4, { bytes: 0 })).next).toBe(5);
});

test('a batch that says it holds millions of records is not believed', async () => {
  const many = await batch(0, ['a']);
  many.writeInt32BE(5_000_000, 57);
  const { records, next } = await read(many, 0, 0);
  expect(records.map(({ headers }) => headers['content-type'])).toEqual([UNREADABLE_CONTENT_TYPE]);
  expect(next).toBe(1);
});

test('whatever bytes are turned in a batch, reading never throws and never goes back', async () => {
  const whole = Buffer.concat([await batch(0, ['a', 'bb', 'ccc'], GZIP), await batch(3, ['d', 'e'])]);
  const turned = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(turned, fc.nat(5), async (changes, from) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      const { records, next } = await read(bytes, 0, from);
      expect(next).toBeGreaterThanOrEqual(from);
      for (const { offset } of records) expect(offset).toBeGreaterThanOrEqual(from);
    }),
    { numRuns: 2_000 },
  );
});

test('bytes that are no Snappy and no LZ4 are refused, and bombs are given up', async () => {
  const heads = [
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]),
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]),
    Buffer.alloc(0),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('snappy', 'lz4'),
      async (head, tail, codec) => {
        try {
          await unpack(codec as 'snappy' | 'lz4', Buffer.concat([head, tail]));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      },
    ),
    { numRuns: 5_000 },
  );
  // Says that it becomes 256 MB, and repeats one byte until it does.
  const bomb = Buffer.concat([Buffer.from([0x80, 0x80, 0x80, 0x80, 0x01, 0x00, 0x41]), Buffer.alloc(30, Buffer.from([0xfe, 0x01, 0x00]))]);
  expect(() => unpack('snappy', bomb)).toThrow(/would become 268435456 bytes/);
});

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** A block of 128 kB, all of one byte. */
const REPEATED = Buffer.from([0x02, 0x00, 0x10, 0x41]);

test('Zstandard is read without the core, and its bombs are given up', () => {
  const frame = Buffer.from([...ZSTD, 0x00, 0x38, ...REPEATED, 0x03, 0x00, 0x00, 0x42]);
  expect(readZstdAnywhere(frame, 200_000).equals(Buffer.alloc(128 * 1024, 0x41))).toBe(true);
  const bomb = Buffer.concat([Buffer.from([...ZSTD, 0x00, 0x38]), ...Array.from({ length: 1000 }, () => REPEATED)]);
  expect(() => readZstdAnywhere(bomb, 1_000_000)).toThrow(/would become more than 1000000 bytes/);
  expect(() => readZstdAnywhere(Buffer.from([...ZSTD, 0x00, 0xa8]), 1_000_000)).toThrow(/asks for a window of 2147483648 bytes/);
  expect(() => readZstdAnywhere(Buffer.from([...ZSTD, 0xa0, 0xff, 0xff, 0xff, 0x7f]), 1_000_000)).toThrow(/a window of 2147483647 bytes/);
  const tails = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(tails, (tail) => {
      try {
        expect(readZstdAnywhere(Buffer.from([...ZSTD, ...tail]), 1_000_000).length).toBeLessThanOrEqual(1_000_000);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 5_000 },
  );
});
