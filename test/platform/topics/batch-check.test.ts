import { type Batch, type BatchEvent, decodeBatch, decodeHead, decodeParts, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchLimits, batchRefusal, refuseBatch, refuseHead } from '../../../platform/topics/batch-check.ts';
import { eventLimits } from '../../../platform/topics/event-check.ts';

const T0 = 1_763_694_925_123;

function batchOf(events: BatchEvent[], head: Partial<Batch> = {}): Batch {
  const plain = { producer: 'shop-web-3#k3v9x0q2m7t1c5zd', seq: 7, published: 900, sent: T0 + 100, until: T0 + 77, t0: T0, lost: {} };
  return { ...plain, tally: tallyOf(head.t0 ?? T0, events), events, ...head };
}

const types = fc.constantFrom('order.placed', 'user.registered', 'constructor', 'a', 'commit-pushed.v2');
const values = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
const names = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== '__proto__');
const data = fc.dictionary(names, values, { maxKeys: 5, noNullPrototype: true });
const offsets = fc.integer({ min: -5000, max: 20_000 });
const event: fc.Arbitrary<BatchEvent> = fc.oneof(fc.tuple(types, offsets), fc.tuple(types, offsets, data));
const events = fc.array(event, { maxLength: 60 });

test('a batch whose tally counts its own events is taken, whatever it holds, and so is its head alone', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: T0, max: T0 + 5000 }), (list, t0) => {
      const text = encodeBatch(batchOf(list, { t0 }));
      expect(refuseBatch(decodeBatch(text))).toBeNull();
      expect(decodeParts(text)).toEqual(decodeBatch(text));
      expect(refuseHead(decodeHead(text))).toBeNull();
    }),
  );
});

test('a tally that lies by a single event, second or type is found out', () => {
  type Entries = [second: number, events: number][];
  const change = (how: (entries: Entries) => Entries) => (tally: Batch['tally'], type: string) => {
    tally[type] = how(tally[type] as Entries);
  };
  const lies = fc.constantFrom(
    change(([first, ...rest]) => [[first?.[0] ?? 0, (first?.[1] ?? 0) + 1], ...rest]),
    change(([first, ...rest]) => [[(first?.[0] ?? 0) - 1, first?.[1] ?? 0], ...rest]),
    change((entries) => entries.slice(0, -1)),
    change((entries) => [...entries, [batchLimits.spanSecondsMax, 1]]),
    (tally: Batch['tally'], type: string) => delete tally[type],
    (tally: Batch['tally']) => Object.assign(tally, { 'never.sent': [[0, 1]] }),
  );
  fc.assert(
    fc.property(
      events.filter((list) => list.length > 0),
      lies,
      (list, lie) => {
        const batch = batchOf(list);
        lie(batch.tally, (list[0] as BatchEvent)[0]);
        expect(batchRefusal(batch)?.code).toBe('lying-tally');
      },
    ),
  );
});

test('a tally that promises the right number in the wrong seconds is found out', () => {
  const batch = batchOf([
    ['order.placed', 0],
    ['order.placed', 10],
    ['order.placed', 1000],
  ]);
  expect(batch.tally).toEqual({
    'order.placed': [
      [0, 2],
      [1, 1],
    ],
  });
  batch.tally = {
    'order.placed': [
      [0, 1],
      [1, 2],
    ],
  };
  expect(batchRefusal(batch)).toMatchObject({ code: 'lying-tally', field: 'events[1]' });
});

test.each<[string, Partial<Record<keyof Batch, unknown>>]>([
  ['producer', { producer: 5 }],
  ['producer', { producer: 'no-mark' }],
  ['producer', { producer: 'a\u202eb#k3v9x0q2m7t1c5zd' }],
  ['producer', { producer: `${'x'.repeat(batchLimits.producerCharsMax)}#1` }],
  ['seq', { seq: -1 }],
  ['seq', { seq: 1.5 }],
  ['seq', { seq: '1' }],
  ['published', { published: Number.NaN }],
  ['sent', { sent: null }],
  ['sent', { sent: Date.UTC(9999, 0, 1) }],
  ['until', { until: -1 }],
  ['until', { until: Number.POSITIVE_INFINITY }],
  ['t0', { t0: undefined }],
  ['t0', { t0: '2025-11-21T14:03:07Z' }],
  ['bye', { bye: false }],
  ['lost', { lost: [] }],
  ['lost', { lost: { 'order\nplaced': [[0, 1]] } }],
  ['lost.order.placed', { lost: { 'order.placed': [[0, 0]] } }],
  ['lost.order.placed', { lost: { 'order.placed': [[0, 1, 2]] } }],
  ['tally', { tally: undefined }],
  ['tally.order.placed', { tally: { 'order.placed': 4 } }],
  [
    'tally.order.placed',
    {
      tally: {
        'order.placed': [
          [1, 1],
          [0, 1],
        ],
      },
    },
  ],
  ['tally.order.placed', { tally: { 'order.placed': [[1e9, 1]] } }],
  ['events', { events: {} }],
  ['events[0]', { events: ['order.placed'] }],
  ['events[0]', { events: [['order.placed']] }],
  ['events[0][0]', { events: [['order\nplaced', 0]] }],
  ['events[0][0]', { events: [['x'.repeat(101), 0]] }],
  ['events[0][1]', { events: [['order.placed', 'soon']] }],
  ['events[0][1]', { events: [['order.placed', 1e300]] }],
  ['events[0][2]', { events: [['order.placed', 0, [1]]] }],
  ['events[0][2]', { events: [['order.placed', 0, null]] }],
  ['events[0][2].amount', { events: [['order.placed', 0, { amount: Number.POSITIVE_INFINITY }]] }],
  ['events[0][2].basket', { events: [['order.placed', 0, { basket: { eggs: 6 } }]] }],
])('what is wrong is named: %s in %j', (field, change) => {
  const batch = { ...batchOf([['order.placed', 0]]), ...change };
  expect(batchRefusal(batch)?.field).toBe(field);
  expect(refuseBatch(batch)).toMatch(/^\S+: .*must|in the tally/);
});

test.each([null, undefined, 5, 'text', [], [[]]])('%j is no batch', (value) => {
  expect(refuseBatch(value)).toMatch(/must be an object/);
  expect(refuseHead(value)).toMatch(/must be an object/);
});

test('every limit holds exactly at its number', () => {
  const many = (n: number): BatchEvent[] => Array.from({ length: n }, () => ['order.placed', 0]);
  expect(batchRefusal(batchOf(many(eventLimits.eventsMax)))).toBeNull();
  expect(batchRefusal(batchOf(many(eventLimits.eventsMax + 1)))?.code).toBe('too-many-events');
  const fields = (n: number): BatchEvent[] => [['order.placed', 0, Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, i]))]];
  expect(batchRefusal(batchOf(fields(eventLimits.fieldsMax)))).toBeNull();
  expect(batchRefusal(batchOf(fields(eventLimits.fieldsMax + 1)))?.code).toBe('too-many-fields');
  const sized = (bytes: number): BatchEvent[] => [['order.placed', 0, { note: 'x'.repeat(bytes - '{"note":""}'.length) }]];
  expect(batchRefusal(batchOf(sized(eventLimits.eventBytesMax)))).toBeNull();
  expect(batchRefusal(batchOf(sized(eventLimits.eventBytesMax + 1)))?.code).toBe('too-big');
  const wide: BatchEvent[] = [['order.placed', 0, { note: '\u0000'.repeat(eventLimits.eventBytesMax / 6) }]];
  expect(batchRefusal(batchOf(wide))?.code).toBe('too-big');
});
