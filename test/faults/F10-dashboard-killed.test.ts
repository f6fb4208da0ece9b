import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LateFrame, RatesAnswer, SecondFrame } from '../../dashboards/live-frames.ts';
import { SseClient } from '../dashboards/sse.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';

/** Five times what is promised from the moment at which a server answers again. */
const TOLD_WITHIN_MS = 15_000;
const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
store: none
`;

const folder = temporaryFolder();
const clients: SseClient[] = [];
let child: PlummetProcess;
let url = '';
let producer: RawProducer;
beforeAll(async () => {
  const port = await freePort();
  ({ child, url } = await PlummetProcess.start(folder.path, YAML, { port }));
  producer = new RawProducer({ url, name: 'shop', random: prng(10), rates: { 'order.placed': 60 } });
}, 60_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await producer?.kill();
  await child?.kill('SIGKILL');
  folder.remove();
});

async function look(headers: Record<string, string> = {}): Promise<SseClient> {
  const client = await SseClient.open(`${url}/api/live`, headers);
  clients.push(client);
  return client;
}

const seconds = (client: SseClient): number[] => client.of<SecondFrame>('second').map(({ second }) => second);

/** What somebody knows of each second who heard these streams one after the other. */
function known(): Map<number, number | null> {
  const all = new Map<number, number | null>();
  for (const { event, data } of clients.flatMap(({ events }) => events)) {
    if (event === 'second') all.set((data as SecondFrame).second, (data as SecondFrame).metrics[0]?.[1] ?? null);
    if (event === 'late') for (const [, second, n] of (data as LateFrame).counts) all.set(second, n);
  }
  return all;
}

async function history(from: number, to: number): Promise<Map<number, number | null>> {
  const query = `from=${new Date(from * 1000).toISOString()}&to=${new Date(to * 1000).toISOString()}&step=1s`;
  const { counts } = (await (await fetch(`${url}/api/metrics/orders/rates?${query}`)).json()) as RatesAnswer;
  return new Map(counts.map((n, i) => [from + i, n]));
}

test('a server that is killed and started again goes on from the last second that a viewer has, and none is missing', async () => {
  const first = await look();
  await eventually('five decided seconds', 30_000, async () => seconds(first).length >= 5);
  await child.kill('SIGKILL');
  await first.closed;
  const last = first.events.findLast(({ id }) => id !== null)?.id ?? '';
  await pause(1000);
  ({ child, url } = await PlummetProcess.start(folder.path, YAML, { port: Number(new URL(url).port) }));
  const killed = Number(last);
  const second = await look({ 'last-event-id': last });
  await eventually('what was missed', TOLD_WITHIN_MS, async () => (seconds(second).at(-1) ?? 0) > killed + 4);
  const from = seconds(first)[0] as number;
  const to = Math.max(...seconds(second)) - 2;
  const missing = Array.from({ length: to - from }, (_, i) => from + i).filter((one) => !known().has(one));
  expect(missing).toEqual([]);
  await expect
    .poll(async () => new Map([...known()].filter(([one]) => one < to)), { timeout: TOLD_WITHIN_MS })
    .toEqual(await history(from, to));
}, 120_000);
