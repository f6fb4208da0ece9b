import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { decodeBatch, decodeHead } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseBatch, refuseHead } from '../../platform/topics/batch-check.ts';
import { BATCH_CONTENT_TYPE, batchText, gate, type Listening, listening } from './gate.ts';

/** At night more is tried than a commit has time for. */
const RUNS = process.env.PLUMMET_NIGHTLY ? 20_000 : 300;

const opened = gate({ limits: { requestsPerSecondMax: 1e9, bytesPerSecondMax: 1e12 } });
let server: Listening;
beforeAll(async () => {
  server = await listening(opened.intake);
});
afterAll(() => server.close());

function statusOf(body: Uint8Array, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url, { method: 'POST', headers: { ...headers, 'content-length': body.length } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

const good = [
  [
    batchText([
      ['order.placed', 0, { amount: 42 }],
      ['user.registered', 1200],
    ]),
    BATCH_CONTENT_TYPE,
  ],
  [
    '{"specversion":"1.0","id":"1","source":"s","type":"order.placed","time":"2025-11-21T14:00:00Z","data":{"amount":4}}',
    'application/cloudevents+json',
  ],
  ['[{"specversion":"1.0","id":"1","source":"s","type":"order.placed"},{"specversion":"1.0"}]', 'application/cloudevents-batch+json'],
  ['[{"type":"order.placed","data":{"amount":42}},{"type":"user.registered","time":1763733600000}]', 'application/json'],
] as const;

/** A good body with some bytes changed, doubled or gone. */
const mutated = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255), fc.constantFrom('put', 'insert', 'cut', 'digit')), { maxLength: 4 }),
  )
  .map(([[text, type], changes]) => {
    const bytes = [...Buffer.from(text)];
    for (const [at, byte, change] of changes) {
      if (change === 'cut') bytes.splice(at % bytes.length, byte % 8);
      else if (change === 'insert') bytes.splice(at % bytes.length, 0, byte);
      else bytes[at % bytes.length] = change === 'put' ? byte : 0x30 + (byte % 10);
    }
    return { body: Uint8Array.from(bytes), type: type as string };
  });
const anything = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.json({ maxDepth: 6 }).map((text) => Uint8Array.from(Buffer.from(text))),
);
const contentTypes = fc.oneof(
  fc.constantFrom(...good.map(([, type]) => type as string), 'text/plain', ''),
  fc
    .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 40 })
    .map((text) => text.trim()),
);
const ceValues = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20 });
const ceHeaders = fc.dictionary(
  fc.constantFrom('ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'ce-time', 'ce-sampledrate', 'ce-x'),
  fc.oneof(
    fc.constantFrom('1.0', 'order.placed', '5', '%', '%E2%82', '2025-11-21T14:00:00Z'),
    ceValues.map((text) => text.replace(/[\x7f]/g, '').trim()),
  ),
  { maxKeys: 6, noNullPrototype: true },
);
const encodings = fc.constantFrom(
  {},
  {},
  {},
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'deflate' },
  { 'content-encoding': 'x' },
);

test('whatever is sent is answered 2xx or 4xx, and what was taken can be read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(mutated, fc.record({ body: anything, type: contentTypes })),
      ceHeaders,
      encodings,
      fc.boolean(),
      async (sent, ce, encoding, both) => {
        const packed = 'content-encoding' in encoding && encoding['content-encoding'] === 'gzip' && both;
        const type = sent.type === '' ? {} : { 'content-type': sent.type };
        const status = await statusOf(packed ? gzipSync(sent.body) : sent.body, { ...type, ...(both ? {} : ce), ...encoding });
        expect(status).toSatisfy((code: number) => (code >= 200 && code < 300) || (code >= 400 && code < 500));
      },
    ),
    { numRuns: RUNS },
  );
  for (const { value, headers } of opened.events()) {
    if (headers['content-type'] !== BATCH_CONTENT_TYPE) continue;
    expect(refuseHead(decodeHead(value))).toBeNull();
    const whole = decodeBatch(value);
    expect(refuseBatch(whole)).toBeNull();
    expect(whole).toMatchObject({ ...decodeHead(value) });
  }
  expect(opened.intake.waiting.bytes).toBe(0);
}, 600_000);

test('bytes that are no HTTP break nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (bytes, prefixed) => {
      const start = prefixed ? Buffer.from('POST /v1/events HTTP/1.1\r\nhost: x\r\n') : Buffer.alloc(0);
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(Buffer.concat([start, bytes])));
        socket
          .resume()
          .on('close', () => resolve())
          .on('error', () => undefined);
      });
    }),
    { numRuns: Math.floor(RUNS / 3) },
  );
  expect(await server.post('{"type":"order.placed"}')).toMatchObject({ status: 202 });
}, 600_000);
