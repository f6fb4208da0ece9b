import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { post } from '../support/raw-producer.ts';

/** The gateway's own fuzzing stands in test/ingest: here it is every door of the running process. */
const RUNS = process.env.PLUMMET_NIGHTLY ? 200_000 : 3000;
const TOGETHER = 8;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
people: { ana: { email: ana@example.com } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@example.com }
store: none
`;

const folder = temporaryFolder();
const agent = new Agent({ keepAlive: true, maxSockets: TOGETHER });
let child: PlummetProcess;
let url = '';
let port = 0;
beforeAll(async () => {
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
  port = Number(new URL(url).port);
});
afterAll(async () => {
  agent.destroy();
  await child?.kill();
  folder.remove();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** The status; 0 where no answer came. */
function statusOf({ method, path, headers, body }: Sent): Promise<number> {
  return new Promise((resolve) => {
    const sized = body.length > 0 ? { 'content-length': String(body.length) } : {};
    const sent = request({ host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...sized } }, (response) => {
      const done = (): void => resolve(response.statusCode ?? 0);
      // The live stream never ends by itself.
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
      response.resume().on('end', done).on('close', done);
    });
    sent.on('error', () => resolve(0)).end(body);
  });
}

const doors = [
  '/',
  '/v1/events',
  '/api/metrics',
  '/api/metrics/orders/rates',
  '/api/live',
  '/api/incidents',
  '/api/incidents/x',
  '/api/incidents/x/acknowledge',
  '/a/x.y',
  '/api/demo/mend',
  '/livez',
  '/readyz?verbose',
  '/metrics',
  '/signin',
  '/assets/../../package.json',
];
const text = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 });
const moment = fc.oneof(text, fc.constantFrom('2025-11-21T14:00:00Z', '9999-12-31T23:59:59Z', '-1', 'NaN', '1e309', ''));
const query = fc.dictionary(fc.constantFrom('from', 'to', 'step', 'since', 'back', 'verbose', 'x'), moment, { maxKeys: 4 });
const path = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...doors),
      text.map((rest) => `/api/${rest}`),
      text.map((rest) => `/${rest}`),
    ),
    query,
  )
  .map(([door, asked]) => `${door}${door.includes('?') ? '&' : '?'}${new URLSearchParams(asked)}`.replace(/#/g, '%23'));
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'accept',
    'cookie',
    'authorization',
    'last-event-id',
    'origin',
    'range',
    'if-none-match',
    'x-forwarded-for',
  ),
  fc.oneof(text, fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'Bearer x', 'bytes=5-1', '123456789')),
  { maxKeys: 4, noNullPrototype: true },
);
const body = fc.oneof(
  fc.constant(new Uint8Array()),
  fc.uint8Array({ maxLength: 200 }),
  fc.json({ maxDepth: 5 }).map((json) => Uint8Array.from(Buffer.from(json))),
  fc
    .constantFrom('{"type":"order.placed"}', '{"person":"ana"}', '{"person":5}', '[]', 'null')
    .map((json) => Uint8Array.from(Buffer.from(json))),
);
const method = fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH');
const sent: fc.Arbitrary<Sent> = fc.record({ method, path, headers, body });

test('whatever is sent to whichever door, the answer is no 5xx', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: TOGETHER, maxLength: TOGETHER }), async (together) => {
      const statuses = await Promise.all(together.map(statusOf));
      const wrong = together.filter((_, i) => (statuses[i] ?? 0) >= 500 || statuses[i] === 0);
      expect(wrong, `answered ${statuses}`).toEqual([]);
    }),
    { numRuns: Math.ceil(RUNS / TOGETHER) },
  );
}, 1_800_000);

test('bytes that are no HTTP end their own connection and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constantFrom(...doors), async (bytes, door) => {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.end(Buffer.concat([Buffer.from(`GET ${door} HTTP/1.1\r\nhost: x\r\n`), bytes])),
        );
        const done = (): void => resolve();
        socket.resume().on('close', done).on('error', done);
      });
    }),
    { numRuns: Math.ceil(RUNS / 20) },
  );
}, 1_800_000);

test('afterwards it is ready, takes events and counts them, and nothing failed inside', async () => {
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await post(url, '{"type":"order.placed"}', { 'content-type': 'application/json' })).toMatchObject({ status: 202 });
  await eventually('the count', 10_000, async () => {
    const answer = await fetch(`${url}/api/metrics/orders/rates`);
    return ((await answer.json()) as { counts: (number | null)[] }).counts.some((n) => (n ?? 0) > 0);
  });
  expect(await (await fetch(`${url}/metrics`)).text()).not.toMatch(/^plummet_step_failures_total\{.*\} [1-9]/m);
});
