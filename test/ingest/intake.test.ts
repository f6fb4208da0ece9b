import { gzipSync } from 'node:zlib';
import { decodeBatch, decodeHead } from '@plummet/sdk/batch';
import { expect, test } from 'vitest';
import { settled } from '../support/clock.ts';
import { BATCH_CONTENT_TYPE, batchText, gate, T0, TOPICS } from './gate.ts';

const CLOUDEVENT = { specversion: '1.0', id: '1', source: '/shop', type: 'order.placed' };

test('a batch goes on as it came, keyed by its producer, with the time of its arrival', async () => {
  const { take, events } = gate();
  const text = batchText();
  expect(await take(text, BATCH_CONTENT_TYPE)).toEqual({ status: 202, body: { accepted: 1, rejected: [] } });
  expect(events()).toMatchObject([
    { key: 'shop-web-3#k3v9x0q2m7t1c5zd', value: text, headers: { 'content-type': BATCH_CONTENT_TYPE, received: String(T0) } },
  ]);
});

test('a batch that is sent again is written again: the reader knows it by its number', async () => {
  const { take, events } = gate();
  await take(batchText(), BATCH_CONTENT_TYPE);
  expect((await take(batchText(), BATCH_CONTENT_TYPE)).status).toBe(202);
  expect(events()).toHaveLength(2);
});

test('a heartbeat holds no events and is taken', async () => {
  const { take, events } = gate();
  expect(await take(batchText([]), BATCH_CONTENT_TYPE)).toEqual({ status: 202, body: { accepted: 0, rejected: [] } });
  expect(events()).toHaveLength(1);
});

test('a batch written in another order, with spaces or keys given twice is written anew, so that head and whole say the same', async () => {
  const { events: list, tally, ...head } = decodeBatch(batchText());
  const lying = JSON.stringify({ 'order.placed': [[0, 99]] });
  const texts = [
    JSON.stringify({ events: list, tally, ...head }, null, 2),
    batchText()
      .replace(/}$/, `,"tally":${JSON.stringify(tally)}}`)
      .replace('"tally"', `"tally":${lying},"x"`),
    `${batchText().slice(0, -1)},"lost":{}}`,
  ];
  for (const text of texts) {
    const { take, events } = gate();
    expect((await take(text, BATCH_CONTENT_TYPE)).status).toBe(202);
    const [record] = events();
    expect(decodeHead(record?.value ?? '')).toEqual(JSON.parse(batchText().replace(/,"events".*/, '}')));
    expect(decodeBatch(record?.value ?? '')).toEqual(decodeBatch(batchText()));
  }
});

test('a batch whose tally lies is refused whole and kept as a dead letter with the reason', async () => {
  const { take, events, deadLetters, counted } = gate();
  const text = batchText(undefined, { tally: { 'order.placed': [[0, 2]] } });
  const answer = await take(text, BATCH_CONTENT_TYPE);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'lying-tally', field: 'tally' } } });
  expect(events()).toEqual([]);
  expect(await deadLetters()).toEqual([
    { reason: 'lying-tally', detail: 'tally: says 2 events, the batch holds 1', from: 'gateway', at: T0, text, bytes: text.length },
  ]);
  expect(counted.get('deadLetter lying-tally')).toBe(1);
  expect(counted.get('requestRefused lying-tally')).toBe(1);
});

test('of a list the good events are taken, the bad ones rejected by index and kept as dead letters', async () => {
  const { take, foreign, deadLetters } = gate();
  const list = [CLOUDEVENT, { ...CLOUDEVENT, id: '' }, { ...CLOUDEVENT, id: '2' }, 'text', { ...CLOUDEVENT, type: 'a\nb' }];
  const answer = await take(JSON.stringify(list), 'application/cloudevents-batch+json');
  expect(answer).toMatchObject({
    status: 202,
    body: {
      accepted: 2,
      rejected: [
        { index: 1, reason: expect.stringMatching(/^id: /) },
        { index: 3, reason: expect.stringMatching(/must be an object/) },
        { index: 4, reason: expect.stringMatching(/^type: /) },
      ],
    },
  });
  expect(foreign().map(({ id }) => id)).toEqual(expect.arrayContaining(['1', '2']));
  expect((await deadLetters()).map(({ text }) => text)).toEqual([list[1], list[3], list[4]].map((value) => JSON.stringify(value)));
});

test('a list of nothing but bad events is refused, and tells of each', async () => {
  const { take, events } = gate();
  const answer = await take('[{"type":""},{"typ":"order.placed"}]');
  expect(answer).toMatchObject({
    status: 400,
    body: { accepted: 0, rejected: [{ index: 0 }, { index: 1 }], error: { field: '[0].type' } },
  });
  expect(events()).toEqual([]);
});

test('an empty list is a good list', async () => {
  const { take } = gate();
  for (const type of ['application/json', 'application/cloudevents-batch+json']) {
    expect(await take('[]', type)).toEqual({ status: 202, body: { accepted: 0, rejected: [] } });
  }
});

test('plain JSON gets the time of its arrival, and never counts as a repeat', async () => {
  const { take, foreign } = gate();
  await take('{"type":"order.placed","data":{"amount":42}}');
  await take('[{"type":"user.registered","time":"2025-11-21T13:59:58Z","source":"cron","id":"7"}]');
  expect(foreign()).toEqual(
    expect.arrayContaining([
      { type: 'order.placed', time: T0, source: 'plain', id: null, data: { amount: 42 } },
      { type: 'user.registered', time: T0 - 2000, source: 'cron', id: '7' },
    ]),
  );
});

test('the same source and id go to the same partition, whoever takes them', async () => {
  const places = new Map<string, Set<number>>();
  for (let copy = 0; copy < 3; copy++) {
    const { take, events } = gate();
    const list = Array.from({ length: 50 }, (_, i) => ({ ...CLOUDEVENT, id: `${i}` }));
    await take(JSON.stringify(copy === 1 ? list.reverse() : list), 'application/cloudevents-batch+json');
    expect(events()).toHaveLength(TOPICS.events.partitions);
    for (const { partition, value } of events()) {
      for (const { id } of JSON.parse(value) as { id: string }[]) places.set(id, (places.get(id) ?? new Set()).add(partition));
    }
  }
  expect([...places.values()].every((partitions) => partitions.size === 1)).toBe(true);
});

test('202 is said only once the event log has it', async () => {
  const { take, log, clock } = gate();
  log.hold(TOPICS.events);
  let answered = false;
  const answer = take(batchText(), BATCH_CONTENT_TYPE).finally(() => (answered = true));
  await clock.advance(1000);
  expect(answered).toBe(false);
  log.release(TOPICS.events);
  expect((await answer).status).toBe(202);
});

test('an event log that fails or does not answer makes the sender keep its events', async () => {
  const { take, log, clock, intake, counted } = gate();
  log.failAppends(TOPICS.events, 1);
  expect(await take(batchText(), BATCH_CONTENT_TYPE)).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { error: { code: 'not-durable' } },
  });
  log.hold(TOPICS.events);
  const answer = take(batchText(), BATCH_CONTENT_TYPE);
  await clock.advance(intake.limits.appendMsMax);
  expect((await answer).status).toBe(503);
  expect(counted.get('appendFailed events')).toBe(2);
  expect(intake.waiting.bytes).toBeGreaterThan(0);
  log.release(TOPICS.events);
  await settled();
  expect(intake.waiting.bytes).toBe(0);
  expect(clock.timers).toBe(0);
});

test('what waits in memory is bounded: beyond it the sender keeps its events', async () => {
  const text = batchText();
  const { take, log, intake } = gate({ limits: { waitingBytesMax: text.length * 2 } });
  log.hold(TOPICS.events);
  const waiting = [take(text, BATCH_CONTENT_TYPE), take(text, BATCH_CONTENT_TYPE)];
  expect(await take(text, BATCH_CONTENT_TYPE)).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { error: { code: 'too-much-waiting' } },
  });
  log.release(TOPICS.events);
  for (const answer of waiting) expect((await answer).status).toBe(202);
  expect(intake.waiting.bytes).toBe(0);
});

test('gzip is read; a bomb, broken gzip and other encodings are refused', async () => {
  const { take, events, intake } = gate();
  const packed = (body: Buffer, encoding = 'gzip') => take(body, 'application/json', { headers: { 'content-encoding': encoding } });
  expect((await packed(gzipSync('{"type":"order.placed"}'))).status).toBe(202);
  expect(await packed(gzipSync(Buffer.alloc(100_000_000, 0x20)))).toMatchObject({ status: 413, body: { error: { code: 'too-big' } } });
  expect(await packed(Buffer.from('nonsense'))).toMatchObject({ status: 400, body: { error: { field: 'content-encoding' } } });
  expect(await packed(gzipSync('{"type":"order.placed"}').subarray(0, 20))).toMatchObject({ status: 400 });
  expect(await packed(Buffer.from(''), 'br')).toMatchObject({ status: 415, body: { error: { hint: expect.stringContaining('gzip') } } });
  expect(events()).toHaveLength(1);
  expect(intake.waiting.bytes).toBe(0);
});

test('what gzip grows to is held to the memory and to the pace like what came over the wire', async () => {
  const body = gzipSync(`{"type":"order.placed"}${' '.repeat(100_000)}`);
  const packed = { headers: { 'content-encoding': 'gzip' } };
  const small = gate({ limits: { waitingBytesMax: 50_000 } });
  expect(await small.take(body, undefined, packed)).toMatchObject({ status: 503, body: { error: { code: 'too-much-waiting' } } });
  expect(small.intake.waiting.bytes).toBe(0);
  const slow = gate({ limits: { bytesPerSecondMax: 10_000 } });
  expect((await slow.take(body, undefined, packed)).status).toBe(202);
  expect(await slow.take('{"type":"order.placed"}')).toMatchObject({ status: 429, headers: { 'retry-after': '9' } });
});

test('what would be vast in memory is refused before it is parsed', async () => {
  const { take } = gate();
  expect(await take('['.repeat(1_000_000))).toMatchObject({ status: 400, body: { error: { code: 'too-deep' } } });
  const vast = gzipSync(`[${'{},'.repeat(2_000_000)}{}]`);
  const answer = await take(vast, undefined, { headers: { 'content-encoding': 'gzip' } });
  expect(answer).toMatchObject({ status: 413, body: { error: { message: expect.stringContaining('200000 values') } } });
});

test('a record that grew large under gzip is cut into smaller ones', async () => {
  const { take, events, foreign } = gate();
  const list = Array.from({ length: 100 }, (_, i) => ({ ...CLOUDEVENT, id: `${i}`, data: { note: 'x'.repeat(60_000) } }));
  const body = gzipSync(JSON.stringify(list));
  const answer = await take(body, 'application/cloudevents-batch+json', { headers: { 'content-encoding': 'gzip' } });
  expect(answer).toMatchObject({ status: 202, body: { accepted: 100 } });
  for (const { value } of events()) expect(value.length).toBeLessThanOrEqual(1024 * 1024);
  expect(new Set(foreign().map(({ id }) => id)).size).toBe(100);
});

test('a sender above its pace is told when to come again, and others are not held up', async () => {
  const { take, clock } = gate({ limits: { requestsPerSecondMax: 5 } });
  const from = (address: string) => take('{"type":"order.placed"}', 'application/json', { from: address });
  for (let i = 0; i < 10; i++) expect((await from('10.0.0.1')).status).toBe(202);
  expect(await from('10.0.0.1')).toMatchObject({ status: 429, headers: { 'retry-after': '1' }, body: { error: { code: 'too-fast' } } });
  expect((await from('10.0.0.2')).status).toBe(202);
  await clock.advance(1000);
  expect((await from('10.0.0.1')).status).toBe(202);
});

test('where keys are set, nobody writes without one, and none writes more than it may', async () => {
  const { take, foreign } = gate({
    keys: [
      { name: 'shop', key: 'plm_shop_0123456789' },
      { name: 'cron', key: 'plm_cron_0123456789', types: ['user.registered'] },
    ],
  });
  const body = '[{"type":"order.placed"},{"type":"user.registered"}]';
  expect(await take(body)).toMatchObject({ status: 401, body: { error: { hint: expect.stringContaining('authorization: Bearer') } } });
  expect(await take(body, undefined, { key: 'plm_shop_012345678' })).toMatchObject({ status: 401 });
  expect(await take(body, undefined, { key: 'plm_shop_0123456789' })).toMatchObject({ status: 202, body: { accepted: 2 } });
  const partly = await take(body, undefined, { key: 'plm_cron_0123456789' });
  expect(partly).toMatchObject({ status: 202, body: { accepted: 1, rejected: [{ index: 0 }] } });
  const batch = await take(batchText(), BATCH_CONTENT_TYPE, { key: 'plm_cron_0123456789' });
  expect(batch).toMatchObject({ status: 403, body: { error: { code: 'type-not-allowed', field: 'tally.order.placed' } } });
  expect(foreign()).toHaveLength(3);
});

test('dead letters are written at a bounded pace and all counted', async () => {
  const { take, deadLetters, counted, clock } = gate({ limits: { deadLettersPerSecondMax: 10 } });
  for (let i = 0; i < 30; i++) await take('{');
  expect(await deadLetters()).toHaveLength(10);
  expect(counted.get('deadLetter bad-json')).toBe(30);
  await clock.advance(500);
  for (let i = 0; i < 30; i++) await take('{');
  expect(await deadLetters()).toHaveLength(15);
});

test('dead letters that cannot be written are in nobody’s way', async () => {
  const { take, log, counted } = gate();
  log.failAppends(TOPICS.deadLetters, 1);
  expect((await take('{')).status).toBe(400);
  log.hold(TOPICS.deadLetters);
  for (let i = 0; i < 20; i++) expect((await take('{')).status).toBe(400);
  expect((await take('{"type":"order.placed"}')).status).toBe(202);
  expect(counted.get('appendFailed dead-letters')).toBe(1);
});
