import { CloudEvent, HTTP, Kafka } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCloudEvent } from '../../../platform/topics/cloudevents.ts';
import type { ForeignEvent } from '../../../platform/topics/events.ts';

const ARRIVED = Date.UTC(2025, 10, 21, 14);
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const PLAIN = { specversion: '1.0', id: 'a-1', source: '/shop', type: 'order.placed' };

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((value) => !/\p{Cc}/u.test(value));
const fields = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__'),
  fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
  ),
  { maxKeys: 6, noNullPrototype: true },
);
const cloudEvents = fc.record({
  id: text,
  source: fc.webPath().map((path) => `/shop${path}`),
  type: fc.constantFrom('order.placed', 'com.github.push', 'user-registered.v1'),
  time: fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2090, 0) }).map((ms) => new Date(ms).toISOString()),
  data: fields,
});

function expected({
  id,
  source,
  type,
  time,
  data,
}: {
  id: string;
  source: string;
  type: string;
  time: string;
  data: object;
}): ForeignEvent {
  const fieldsToo = Object.keys(data).length > 0 ? { data: JSON.parse(JSON.stringify(data)) } : {};
  return { type, time: Date.parse(time), source, id, ...fieldsToo } as ForeignEvent;
}

test('what the CloudEvents SDK writes to Kafka is read as what went in, in both modes', () => {
  fc.assert(
    fc.property(cloudEvents, (given) => {
      const event = new CloudEvent({ ...given, datacontenttype: 'application/json' });
      for (const { headers, value } of [Kafka.structured(event), Kafka.binary(event)]) {
        const body = typeof value === 'string' ? value : JSON.stringify(value);
        expect(readCloudEvent(headers as Record<string, string>, body, ARRIVED)).toEqual(expected(given));
      }
    }),
  );
});

test('what is read here is what the CloudEvents SDK reads', () => {
  fc.assert(
    fc.property(cloudEvents, (given) => {
      const { headers, body } = HTTP.structured(new CloudEvent({ ...given, datacontenttype: 'application/json' }));
      const theirs = HTTP.toEvent({ headers, body }) as CloudEvent<object>;
      const ours = readCloudEvent(headers as Record<string, string>, body as string, ARRIVED) as ForeignEvent;
      expect({ ...ours, data: ours.data ?? {} }).toEqual({
        ...{ id: theirs.id, source: theirs.source, type: theirs.type },
        ...{ time: Date.parse(theirs.time as string), data: theirs.data },
      });
    }),
  );
});

test('an event without a time happened when it arrived; attributes written as null are not set', () => {
  const value = JSON.stringify({ ...PLAIN, time: null, data: null, sampledrate: null });
  expect(readCloudEvent(STRUCTURED, value, ARRIVED)).toEqual({ type: 'order.placed', time: ARRIVED, source: '/shop', id: 'a-1' });
});

test('a sampled event stands for as many as its rate says, as number or as header', () => {
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, sampledrate: 30 }), ARRIVED)).toMatchObject({ weight: 30 });
  const headers = { ce_specversion: '1.0', ce_id: '1', ce_source: 's', ce_type: 'order.placed', ce_sampledrate: '30' };
  expect(readCloudEvent(headers, '', ARRIVED)).toMatchObject({ weight: 30 });
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, sampledrate: 1 }), ARRIVED)).not.toHaveProperty('weight');
});

test.each<[string, unknown]>([
  ['a list', [1, 2]],
  ['a text', 'hello'],
  ['a number', 5],
  ['nothing but nested objects', { basket: { eggs: 6 } }],
])('data that is %s carries no fields, and the event counts', (_, data) => {
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, data }), ARRIVED)).toEqual({
    ...{ type: 'order.placed', time: ARRIVED, source: '/shop', id: 'a-1' },
  });
});

test('fields beside nested ones are carried, binary data and other types are not', () => {
  const nested = JSON.stringify({ ...PLAIN, data: { amount: 4, basket: { eggs: 6 } } });
  expect(readCloudEvent(STRUCTURED, nested, ARRIVED)).toMatchObject({ data: { amount: 4 } });
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, data_base64: 'AAEC' }), ARRIVED)).not.toHaveProperty('data');
  const xml = { 'content-type': 'text/xml', ce_specversion: '1.0', ce_id: '1', ce_source: 's', ce_type: 'order.placed' };
  expect(readCloudEvent(xml, '<order/>', ARRIVED)).not.toHaveProperty('data');
});

test('types of other people may have capitals', () => {
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, type: 'Com.Example.OrderPlaced' }), ARRIVED)).toMatchObject({
    type: 'com.example.orderplaced',
  });
});

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

test.each<[string, object]>([
  ['specversion', { specversion: '0.3' }],
  ['specversion', { specversion: 1 }],
  ['id', { id: '' }],
  ['id', { id: 5 }],
  ['source', { source: undefined }],
  ['source', { source: 'a\nb' }],
  ['type', { type: null }],
  ['type', { type: 'order placed' }],
  ['time', { time: 'yesterday' }],
  ['time', { time: '9999-12-31T23:59:59Z' }],
  ['time', { time: '1969-12-31T23:59:59Z' }],
  ['time', { time: 1_763_694_925 }],
  ['sampledrate', { sampledrate: 0 }],
  ['sampledrate', { sampledrate: 1.5 }],
  ['sampledrate', { sampledrate: 'many' }],
  ['data_base64', { data: {}, data_base64: 'AAEC' }],
  ['data', { data: { a: deep(32) } }],
  ['data', { data: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, i])) }],
  ['data', { data: { note: 'x'.repeat(65_536) } }],
])('a wrong %s is named: %j', (field, change) => {
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, ...change }), ARRIVED)).toMatch(new RegExp(`^${field}\\b.*: `));
});

test('depth is held to its limit exactly, and the deepest nesting that can be sent breaks nothing', () => {
  expect(readCloudEvent(STRUCTURED, JSON.stringify({ ...PLAIN, data: { a: deep(31) } }), ARRIVED)).toHaveProperty('type');
  const bottomless = `${JSON.stringify(PLAIN).slice(0, -1)},"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect(readCloudEvent(STRUCTURED, bottomless, ARRIVED)).toMatch(/nested deeper than 32/);
});

test('numbers that are none in JSON are refused wherever they stand', () => {
  const value = `${JSON.stringify(PLAIN).slice(0, -1)},"data":{"list":[1e999]}}`;
  expect(readCloudEvent(STRUCTURED, value, ARRIVED)).toMatch(/^data: must hold finite numbers/);
});

test('what is no JSON, or in a format or mode that Kafka records cannot have, says so', () => {
  expect(readCloudEvent(STRUCTURED, '{', ARRIVED)).toMatch(/is not JSON/);
  expect(readCloudEvent(STRUCTURED, '', ARRIVED)).toMatch(/is not JSON/);
  expect(readCloudEvent({ 'content-type': 'application/cloudevents-batch+json' }, '[]', ARRIVED)).toMatch(/^content-type: /);
  expect(readCloudEvent({ 'content-type': 'application/cloudevents+avro' }, '', ARRIVED)).toMatch(/^content-type: /);
});
