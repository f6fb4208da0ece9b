import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterEach, expect, test } from 'vitest';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../platform/eventlog/file/file.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { BATCH_CONTENT_TYPE, batchText, gate, type Listening, listening, T0, TOPICS } from './gate.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(given = gate()): Promise<ReturnType<typeof gate> & Listening> {
  const server = await listening(given.intake);
  closers.push(server.close);
  return { ...given, ...server };
}

/** A socket that says what it received; it never speaks by itself. */
function raw(port: number, text: string | Uint8Array): { socket: Socket; received: () => string; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(text);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  closers.push(async () => void socket.destroy());
  return { socket, received: () => received, closed };
}

test('an event from curl is in the files of the event log when it is answered 202', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plummet-gateway-'));
  closers.push(() => rm(folder, { recursive: true }));
  const log = await openFileLog({ folder, clock: systemClock, topics: Object.values(TOPICS) });
  const server = await listening({ log, topics: TOPICS, clock: systemClock, telemetry: silentTelemetry });
  closers.push(server.close);
  expect(await server.post('{"type":"order.placed","data":{"amount":42}}')).toMatchObject({
    status: 202,
    body: { accepted: 1, rejected: [] },
  });
  expect(await server.post(batchText(), { 'content-type': BATCH_CONTENT_TYPE })).toMatchObject({ status: 202, body: { accepted: 1 } });
  await log.close();
  const reopened = await openFileLog({ folder, clock: systemClock, topics: Object.values(TOPICS) });
  closers.push(() => reopened.close());
  const records: StoredRecord[] = [];
  const reader = reopened.read(TOPICS.events, new Map(), (batch) => void records.push(...batch));
  await reader.caughtUp();
  await reader.stop();
  expect(records.map(({ value }) => value).sort()).toEqual(
    [expect.stringMatching(/^\[{"type":"order.placed".*"amount":42/), batchText()].sort(),
  );
});

test('what the CloudEvents SDK sends is taken in every mode', async () => {
  const { post, foreign } = await open();
  const event = (id: string): CloudEvent<object> =>
    new CloudEvent({
      id: `${id} ü`,
      source: '/shop',
      type: 'order.placed',
      time: new Date(T0).toISOString(),
      data: { amount: 42, note: 'ü' },
    });
  const sent = async ({ headers, body }: { headers: object; body: unknown }): Promise<void> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(await post(text, headers as Record<string, string>)).toMatchObject({ status: 202, body: { rejected: [] } });
  };
  await sent(HTTP.structured(event('structured')));
  const binary = HTTP.binary(event('binary'));
  await sent({ ...binary, headers: { ...binary.headers, 'ce-id': encodeURI('binary ü') } });
  const list = [event('first'), event('second')];
  await sent({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: list });
  expect(foreign().sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))).toEqual(
    ['binary', 'first', 'second', 'structured'].map((id) => {
      return { id: `${id} ü`, source: '/shop', type: 'order.placed', time: T0, data: { amount: 42, note: 'ü' } };
    }),
  );
});

const brackets = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const CLOUDEVENT = '{"specversion":"1.0","id":"1","source":"s","type":"order.placed"';

const BAD: [string, number, string | Uint8Array, Record<string, string>][] = [
  ['malformed JSON', 400, '{"type":', {}],
  ['nothing at all', 400, '', {}],
  ['a number', 400, '5', {}],
  ['a field of the wrong type', 400, '{"type":["order.placed"]}', {}],
  ['an event type with a newline', 400, '{"type":"order\\nplaced"}', {}],
  ['an event type of a thousand characters', 400, `{"type":"${'x'.repeat(1000)}"}`, {}],
  ['a time in the year 9999', 400, '{"type":"order.placed","time":"9999-01-01T00:00:00Z"}', {}],
  ['a negative time', 400, '{"type":"order.placed","time":-1}', {}],
  ['a number that is none', 400, '{"type":"order.placed","data":{"amount":1e999}}', {}],
  ['NaN', 400, '{"type":"order.placed","data":{"amount":NaN}}', {}],
  ['a prototype', 400, '{"type":"order.placed","data":{"__proto__":1}}', {}],
  ['invalid UTF-8', 400, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}],
  ['brackets that are never closed', 400, '['.repeat(1_000_000), {}],
  ['nesting of 200,000 levels', 400, `{"type":"order.placed","data":${brackets(200_000)}}`, {}],
  ['a CloudEvent of 200,000 levels', 400, `${CLOUDEVENT},"data":${brackets(200_000)}}`, { 'content-type': 'application/cloudevents+json' }],
  [
    'a CloudEvent of another version',
    400,
    CLOUDEVENT.replace('1.0', '2.0').concat('}'),
    { 'content-type': 'application/cloudevents+json' },
  ],
  ['an event of more than 64 KiB', 413, `{"type":"order.placed","data":{"note":"${'x'.repeat(66_000)}"}}`, {}],
  ['1,001 events', 413, `[${'{"type":"order.placed"},'.repeat(1000)}{"type":"order.placed"}]`, {}],
  ['a body of 50 MB', 413, Buffer.alloc(50_000_000, 0x20), {}],
  ['a gzip bomb', 413, gzipSync(Buffer.alloc(100_000_000, 0x20)), { 'content-encoding': 'gzip' }],
  ['broken gzip', 400, 'nonsense', { 'content-encoding': 'gzip' }],
  ['another compression', 415, 'nonsense', { 'content-encoding': 'br' }],
  ['a form of a browser', 415, 'type=order.placed', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a text', 415, '{"type":"order.placed"}', { 'content-type': 'text/plain' }],
  ['a content-type that is none', 415, '{"type":"order.placed"}', { 'content-type': ';;' }],
  ['another charset', 415, '{"type":"order.placed"}', { 'content-type': 'application/json; charset=utf-16' }],
  ['a batch of another version', 415, batchText(), { 'content-type': 'application/vnd.plummet.batch+json;v=2' }],
  ['a batch whose tally lies', 400, batchText(undefined, { tally: {} }), { 'content-type': BATCH_CONTENT_TYPE }],
  ['a batch from the year 9999', 400, batchText([], { t0: Date.UTC(9999, 0) }), { 'content-type': BATCH_CONTENT_TYPE }],
];

test.each(BAD)('%s gets %i and says why; the next good event is taken', async (_, status, body, headers) => {
  const { post, events, intake } = await open();
  const refused = await post(body, headers);
  expect(refused).toMatchObject({ status, body: { error: { code: expect.any(String), message: expect.any(String) } } });
  expect(events()).toEqual([]);
  expect((await post('{"type":"order.placed"}')).status).toBe(202);
  expect(intake.waiting.bytes).toBe(0);
});

test('another method is told which one is right', async () => {
  const { url } = await open();
  const response = await fetch(url);
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a key is read from the header, and who has none is told how to send it', async () => {
  const { post } = await open(gate({ keys: [{ name: 'shop', key: 'plm_shop_0123456789' }] }));
  const refused = await post('{"type":"order.placed"}');
  expect(refused).toMatchObject({ status: 401, body: { error: { field: 'authorization' } } });
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect((await post('{"type":"order.placed"}', { authorization: 'Bearer plm_shop_0123456789' })).status).toBe(202);
});

test('an endless body is answered 413 and cut off, whatever it goes on to send', async () => {
  const { port, intake } = await open();
  const { socket, received, closed } = raw(
    port,
    'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
  const sending = (async () => {
    while (!socket.destroyed) {
      socket.write(chunk);
      await pause(5);
    }
  })();
  await closed;
  await sending;
  expect(received()).toMatch(/^HTTP\/1.1 413 /);
  expect(intake.waiting.bytes).toBe(0);
}, 40_000);

test('slow heads, slow bodies and idle sockets are closed, and others are answered meanwhile', async () => {
  const { port, post, intake } = await open();
  const head = 'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const slow = Array.from({ length: 100 }, (_, i) => raw(port, [head, `${head}content-length: 100000\r\n\r\n{`, '', 'P'][i % 4] as string));
  const dripping = (async () => {
    for (const { socket } of slow) socket.setNoDelay(true);
    while (slow.some(({ socket }) => !socket.destroyed)) {
      for (const { socket } of slow) if (!socket.destroyed && socket.writable) socket.write(' ');
      await pause(500);
    }
  })();
  const good: number[] = [];
  for (let i = 0; i < 50; i++) good.push((await post('{"type":"order.placed"}')).status);
  expect(good).toEqual(good.map(() => 202));
  await Promise.all(slow.map(({ closed }) => closed));
  await dripping;
  expect(intake.waiting.bytes).toBe(0);
}, 40_000);

test('an upload that is broken off leaves nothing behind', async () => {
  const { port, intake, events } = await open();
  const { socket } = raw(
    port,
    'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"type":',
  );
  await expect.poll(() => intake.waiting.bytes).toBe(8);
  socket.destroy();
  await expect.poll(() => intake.waiting.bytes).toBe(0);
  expect(events()).toEqual([]);
});

test('good senders are served while bad ones send the worst there is', async () => {
  const { post, foreign } = await open(gate({ limits: { bytesPerSecondMax: 1e12 } }, true));
  const worst = BAD.filter(([name]) => /bomb|levels|never closed|1,001|lies/.test(name));
  let done = false;
  const bad = worst.map(async ([, status, body, headers]) => {
    let sent = 0;
    for (; !done; sent++) expect((await post(body, headers)).status).toBe(status);
    return sent;
  });
  const started = performance.now();
  for (let i = 0; i < 100; i++) expect((await post(`{"type":"order.placed","id":"${i}"}`)).status).toBe(202);
  const passedMs = performance.now() - started;
  done = true;
  expect(Math.min(...(await Promise.all(bad)))).toBeGreaterThan(0);
  expect(foreign()).toHaveLength(100);
  expect(passedMs / 100).toBeLessThan(500);
}, 60_000);

test('bombs, one after the other and at once, do not fill the memory', async () => {
  const { post } = await open(gate({ limits: { bytesPerSecondMax: 1e12 } }, true));
  const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20));
  const once = async (): Promise<number> => (await post(bomb, { 'content-encoding': 'gzip' })).status;
  await once();
  const before = process.memoryUsage().rss;
  const statuses = await Promise.all(Array.from({ length: 60 }, once));
  expect(new Set(statuses)).toEqual(new Set([413]));
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(100);
}, 60_000);
