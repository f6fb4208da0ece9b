import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { post } from '../support/raw-producer.ts';

const SOCKETS = process.env.PLUMMET_NIGHTLY ? 2000 : 500;
/** A byte so often: often enough that the socket is never idle. */
const BYTE_MS = 400;
/** Five times the ten seconds without a byte after which a client that never reads is to be gone; the others are gone after six. */
const CLOSED_WITHIN_MS = 50_000;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
store: none
`;
const HEAD = 'POST /v1/events HTTP/1.1\r\nhost: plummet\r\ncontent-type: application/json\r\n';
/** More than a socket's buffers hold on either side; few clients, so that all of it is within what they may ask for. */
const UNREAD = 'GET /api/metrics/orders/rates?from=2025-11-21T12:00:00Z&to=2025-11-21T15:00:00Z HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
const UNREAD_PIPELINED = 30;
const UNREAD_SOCKETS = 7;

const folder = temporaryFolder();
let child: PlummetProcess;
let url = '';
beforeAll(async () => {
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
});
afterAll(async () => {
  await child?.kill();
  folder.remove();
});

/** How many of these the server has taken up and not closed, as the kernel tells: local and remote address, …, inode (0: nobody's). */
function held(slow: readonly Socket[]): number {
  const port = hex(Number(new URL(url).port));
  const ours = new Set(slow.map(({ localPort }) => hex(localPort ?? 0)));
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => readFileSync(table, 'utf8').split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, remote = '', , , , , , , inode]) => local?.endsWith(port) && ours.has(remote.slice(-5)) && inode !== '0').length;
}
const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

function sockets(begins: string, count: number): Promise<Socket[]> {
  const port = Number(new URL(url).port);
  const one = (_: unknown, i: number): Promise<Socket> =>
    new Promise((resolve, reject) => {
      // Each eighth shares an address: how much one may ask for is tried elsewhere.
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % 8)}` }, () => resolve(socket));
      socket.once('error', reject);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(begins);
    });
  return Promise.all(Array.from({ length: count }).map(one));
}

test.each([
  ['whose head never ends', HEAD, 'x', SOCKETS],
  ['whose body comes a byte at a time', `${HEAD}content-length: 100000\r\n\r\n`, ' ', SOCKETS],
  ['that say nothing', '', '', SOCKETS],
  ['that ask for much and never read', UNREAD.repeat(UNREAD_PIPELINED), '', UNREAD_SOCKETS],
])(
  'clients %s are closed, and others are answered all the while',
  async (_what, begins, bytes, count) => {
    const slow = await sockets(begins, count);
    await eventually('their sockets', 10_000, async () => held(slow) >= count * 0.9);
    const drip = setInterval(() => {
      if (bytes !== '') for (const socket of slow) socket.write(bytes);
    }, BYTE_MS);
    try {
      const answers: number[] = [];
      await eventually('the end of the slow sockets', CLOSED_WITHIN_MS, async () => {
        answers.push((await post(url, '{"type":"order.placed"}', { 'content-type': 'application/json' })).status);
        await pause(50);
        return held(slow) === 0;
      });
      expect(answers.filter((status) => status !== 202)).toEqual([]);
      expect(answers.length).toBeGreaterThan(10);
    } finally {
      clearInterval(drip);
      for (const socket of slow) socket.destroy();
    }
  },
  90_000,
);
