import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RatesAnswer, SecondFrame } from '../../dashboards/live-frames.ts';
import { openFileLog } from '../../platform/eventlog/file/file.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { metric, signalOf } from '../dashboards/made-up.ts';
import { teach } from '../support/learned.ts';
import { LiveStream } from '../support/live-stream.ts';
import { Mailbox } from '../support/mailbox.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';

const CLIENTS = 500;
/** Sent ahead of their answers by each client, and as many again once those are there. */
const PIPELINED = 20;
const FLOOD_MS = 6000;
const HOURS_KEPT_SECONDS = 10_800;
/** Five times the promise of a second. */
const ANSWERED_WITHIN_MS = 5000;
/** Five times the mean of 5.5 s. */
const PAGED_WITHIN_MS = 27_500;

const random = prng(500);
const folder = temporaryFolder();
const data = join(folder.path, 'data');
const rates: Record<string, number> = { 'order.placed': 60 };
let mailbox: Mailbox;
let child: PlummetProcess;
let url = '';
let producer: RawProducer;
let stream: LiveStream;

/** Three hours that were decided before the start. */
async function remember(end: number): Promise<void> {
  const made = { info: metric('orders'), usual: 60 };
  const log = await openFileLog({ folder: join(data, 'log'), clock: systemClock, topics: Object.values(topics()) });
  const records = Array.from({ length: HOURS_KEPT_SECONDS }, (_, i) => {
    const second = end - HOURS_KEPT_SECONDS + i;
    return signalsRecord({ second, by: 'made up', at: second * 1000, silent: [], producers: 1, signals: [signalOf(made, second)] });
  });
  await log.append(topics().signals, records);
  await log.close();
}

beforeAll(async () => {
  mailbox = await Mailbox.open();
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
`;
  mkdirSync(data);
  await teach({ data, yaml, rates: { orders: 60 }, random });
  await remember(Math.floor(Date.now() / 1000));
  ({ child, url } = await PlummetProcess.start(folder.path, yaml));
  producer = new RawProducer({ url, name: 'shop', random, rates });
  stream = new LiveStream(url);
  await eventually('orders normal', 25_000, async () => {
    return seconds().some(({ metrics }) => metrics.some(([name, , , , , , , state]) => name === 'orders' && state === 'normal'));
  });
});
afterAll(async () => {
  stream?.close();
  await producer?.kill();
  await child?.kill();
  await mailbox?.close();
  folder.remove();
});

const seconds = (): SecondFrame[] => stream.frames<SecondFrame>('second');

const iso = (second: number): string => new Date(second * 1000).toISOString();

/** All that is remembered, at one second a point: the most that may be asked for. */
function longest(end = Math.floor(Date.now() / 1000)): string {
  return `/api/metrics/orders/rates?from=${iso(end - HOURS_KEPT_SECONDS)}&to=${iso(end)}&step=1s`;
}

class Flood {
  readonly answers: Record<string, number> = {};
  readonly #sockets = new Set<Socket>();
  #ended = false;

  constructor() {
    for (let i = 0; i < CLIENTS; i++) this.#client();
  }

  end(): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #client(): void {
    const text = (): string => `GET ${longest()} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`.repeat(PIPELINED);
    let answered = 0;
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text()));
    this.#sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      for (const [, status = ''] of chunk.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        this.answers[status] = (this.answers[status] ?? 0) + 1;
        if (++answered % PIPELINED === 0) socket.write(text());
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (!this.#ended) setTimeout(() => this.#client(), 100);
    });
  }
}

test('one range of eight thousand years in steps of three hundred days is answered at once', async () => {
  const from = '1970-01-01T00:00:00Z';
  const answer = await fetch(`${url}/api/metrics/orders/rates?from=${from}&to=9999-12-31T00:00:00Z&step=300d`, {
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  const { counts } = (await answer.json()) as RatesAnswer;
  expect(counts.filter((n) => n !== null)).toHaveLength(1);
});

test('while 500 clients pipeline the longest history, it is alive, decides in time and pages', async () => {
  const before = seconds().at(-1)?.second ?? 0;
  const flood = new Flood();
  try {
    await eventually('the first of their answers', ANSWERED_WITHIN_MS, async () => Object.keys(flood.answers).length > 0);
    for (const end = performance.now() + FLOOD_MS; performance.now() < end; ) {
      const alive = await fetch(`${url}/livez`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
      expect(alive.status).toBe(200);
      await pause(50);
    }
    Object.assign(rates, { 'order.placed': 0 });
    const { mail } = await mailbox.expects(() => true, PAGED_WITHIN_MS);
    expect(mail.subject).toMatch(/^\[Sev-1\] orders fell/i);
  } finally {
    flood.end();
  }
  const decided = seconds().filter(({ second }) => second > before);
  expect(decided.map(({ second }) => second)).toEqual(decided.map((_, i) => before + 1 + i));
  const late = decided.filter(({ second, at }) => at - (second + 1) * 1000 > ANSWERED_WITHIN_MS);
  expect(late).toEqual([]);
  expect(Object.keys(flood.answers).sort()).toEqual(['200', '429']);
}, 90_000);

test('who asked too much is told when to ask again, and is answered then', async () => {
  const asked = await eventually('a refusal', ANSWERED_WITHIN_MS, async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${url}${longest()}`)));
    await Promise.all(answers.map((answer) => answer.clone().arrayBuffer()));
    return answers.find(({ status }) => status === 429);
  });
  expect(((await asked.json()) as { error: { code: string } }).error.code).toBe('too-fast');
  await pause(Number(asked.headers.get('retry-after')) * 1000);
  const { counts } = (await (await fetch(`${url}${longest()}`)).json()) as RatesAnswer;
  expect(counts.filter((n) => n !== null).length).toBeGreaterThan(HOURS_KEPT_SECONDS / 2);
});
