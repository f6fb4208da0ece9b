import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SecondFrame } from '../../dashboards/live-frames.ts';
import { SseClient } from '../dashboards/sse.ts';
import { residentMb } from '../support/memory.ts';
import { eventually } from '../support/process.ts';

const VIEWERS = 500;
const GROWN_MB_MAX = 150;
/** Five times what is promised of 99 in 100. */
const ANSWERED_WITHIN_MS = 500;
const DROPPED_WITHIN_MS = 60_000;
/** 500 kB each second: a socket's buffers hold almost 3 MB before anything waits in the server. */
const METRICS = 500;
const SECONDS_PER_SECOND = 10;

let child: ChildProcess;
let url = '';
let good: SseClient;
const lines: string[] = [];
beforeAll(async () => {
  const script = fileURLToPath(new URL('../dashboards/stage-process.ts', import.meta.url));
  const args = ['--import', 'tsx', script, String(METRICS), String(SECONDS_PER_SECOND)];
  child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on('line', (line) => lines.push(line));
  url = await eventually('the address', 30_000, async () => lines[0]);
  good = await SseClient.open(`${url}/api/live`);
}, 60_000);
afterAll(async () => {
  good?.close();
  child?.kill('SIGKILL');
});

const seconds = (): number[] => good.of<SecondFrame>('second').map(({ second }) => second);

/** Asks for all that is remembered, and never reads a byte of it. */
function deaf(): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET /api/live?back=600 HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  });
}

test('500 viewers that never read are dropped, cost little memory, and nobody else notices them', async () => {
  await good.until(() => seconds().length > 20);
  const pid = child.pid as number;
  const before = residentMb(pid);
  let peak = before;
  const took: number[] = [];
  const sockets = await Promise.all(Array.from({ length: VIEWERS }, deaf));
  try {
    await eventually('the end of all who never read', DROPPED_WITHIN_MS, async () => {
      const asked = performance.now();
      const lists = await fetch(`${url}/api/incidents`);
      await lists.arrayBuffer();
      took.push(performance.now() - asked);
      peak = Math.max(peak, residentMb(pid));
      await pause(10);
      return lines.filter((line) => line === 'viewerDropped').length === VIEWERS;
    });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  took.sort((a, b) => a - b);
  const p99 = took[Math.floor(took.length * 0.99)] as number;
  expect(peak - before).toBeLessThanOrEqual(GROWN_MB_MAX);
  expect(p99).toBeLessThan(ANSWERED_WITHIN_MS);
  const heard = seconds();
  expect(heard).toEqual(heard.map((_, i) => (heard[0] as number) + i));
}, 120_000);
