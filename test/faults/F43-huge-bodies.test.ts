import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { residentMb } from '../support/memory.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { post } from '../support/raw-producer.ts';

const MB = 1024 * 1024;
const AT_ONCE = 20;
const ROUNDS = process.env.PLUMMET_NIGHTLY ? 20 : 2;
/** The most that the process holds beyond what it had: the bodies being inflated, 16 MB, and the heap's air. */
const GROWN_MB_MAX = 100;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
store: none
`;
const PLAIN = { 'content-type': 'application/json' };

const folder = temporaryFolder();
let child: PlummetProcess;
let url = '';
beforeAll(async () => {
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
  for (let i = 0; i < 200; i++) await post(url, '{"type":"order.placed"}', PLAIN);
});
afterAll(async () => {
  await child?.kill();
  folder.remove();
});

/** The answer's status, or 0 where the connection was ended before the body was. */
function send(headers: Record<string, string>, chunk: Buffer, chunks: number): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/events`, { method: 'POST', headers: { ...PLAIN, ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', () => resolve(0));
    let left = chunks;
    const more = (): void => {
      while (left-- > 0) {
        if (!sent.writable) return;
        if (!sent.write(chunk)) return void sent.once('drain', more);
      }
      sent.end();
    };
    more();
  });
}

const spaces = Buffer.alloc(MB, ' ');
const bomb = gzipSync(Buffer.alloc(200 * MB, ' '));
const nested = gzipSync(Buffer.from('['.repeat(7 * MB)));

test.each<[string, number[], () => Promise<number>]>([
  ['a body of 50 MB that is announced', [413], () => send({ 'content-length': String(50 * MB) }, spaces, 50)],
  ['a body of 50 MB that is not', [413, 0], () => send({}, spaces, 50)],
  ['a body that never ends', [413, 0], () => send({}, spaces, Number.POSITIVE_INFINITY)],
  ['a gzip bomb of a thousand to one', [413, 429], () => send({ 'content-encoding': 'gzip' }, bomb, 1)],
  ['seven million brackets, packed', [400, 429], () => send({ 'content-encoding': 'gzip' }, nested, 1)],
])(
  '%s, many at once, is refused and fills no memory',
  async (_what, answers, sending) => {
    const before = residentMb(child.pid);
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, residentMb(child.pid));
    }, 20);
    const found: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      found.push(...(await Promise.all(Array.from({ length: AT_ONCE }, sending))));
      await eventually('an event taken again', 20_000, async () => (await post(url, '{"type":"order.placed"}', PLAIN)).status === 202);
    }
    clearInterval(looking);
    console.log(`${_what}: ${Math.round(before)} MB before, ${Math.round(most)} MB at most; ${[...new Set(found)]}`);
    // What a sender makes us inflate is charged to its pace: after some bombs it is told to wait.
    expect(found).toContain(answers[0]);
    expect(found.filter((status) => !answers.includes(status))).toEqual([]);
    expect(most - before).toBeLessThan(GROWN_MB_MAX);
  },
  120_000,
);
