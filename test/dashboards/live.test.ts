import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type {
  HelloFrame,
  IncidentsFrame,
  LateFrame,
  OpenFrame,
  RatesAnswer,
  ResumedFrame,
  SecondFrame,
} from '../../dashboards/live-frames.ts';
import { telemetryTo } from '../../platform/telemetry/catalogue.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { SseClient } from './sse.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

const METRICS: MadeUp[] = [
  { info: metric('orders', { critical: true }), usual: 100 },
  { info: metric('logins'), usual: 20 },
];

const opened: Stage[] = [];
const clients: SseClient[] = [];

async function stageOf(options: Partial<StageOptions> = {}): Promise<{ stage: Stage; url: string; now: number }> {
  const stage = await openStage({ metrics: METRICS, ...options });
  opened.push(stage);
  return { stage, url: await stage.listen(), now: Math.floor(systemClock.wall() / 1000) };
}

async function look(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
  const client = await SseClient.open(url, headers);
  clients.push(client);
  return client;
}

const seconds = (client: SseClient): number[] => client.of<SecondFrame>('second').map(({ second }) => second);

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const stage of opened.splice(0)) await stage.close();
});

test('a stream begins with what is configured and the incidents, and names each second by its id', async () => {
  const { stage, url, now } = await stageOf();
  await stage.play(now - 5, now);
  const client = await look(`${url}/api/live?back=3`);
  await client.until(() => seconds(client).length === 3);
  expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(client.headers['x-accel-buffering']).toBe('no');
  expect(client.events.slice(0, 3).map(({ event }) => event)).toEqual(['hello', 'incidents', 'resumed']);
  await client.until(() => client.events.at(-1)?.event === 'open');
  expect(client.of<HelloFrame>('hello')[0]?.metrics.map(({ name }) => name)).toEqual(['orders', 'logins']);
  expect(client.events.filter(({ event }) => event === 'second').map(({ id }) => id)).toEqual([now - 3, now - 2, now - 1].map(String));
  const [name, n, rate, usual] = client.of<SecondFrame>('second')[0]?.metrics[0] ?? [];
  expect([name, usual]).toEqual(['orders', 100]);
  expect(n).toBeGreaterThan(0);
  expect(rate).toBeGreaterThan(0);
});

test('a browser that comes back goes on from its last second, without a gap and nothing twice', async () => {
  const { stage, url, now } = await stageOf();
  await stage.play(now - 400, now - 200);
  const first = await look(`${url}/api/live?back=10`);
  await first.until(() => seconds(first).length === 10);
  const last = first.events.findLast(({ event }) => event === 'second')?.id ?? '';
  first.close();
  await stage.play(now - 200, now - 5);
  const second = await look(`${url}/api/live?back=10`, { 'last-event-id': last });
  await stage.play(now - 5, now);
  await second.until(() => seconds(second).at(-1) === now - 1);
  const whole = [...seconds(first), ...seconds(second)];
  expect(whole).toEqual(Array.from({ length: 210 }, (_, i) => now - 210 + i));
});

const resumed = (client: SseClient): ResumedFrame | undefined => client.of<ResumedFrame>('resumed')[0];

test.each([
  ['of days ago', (now: number) => String(now - 3 * 86_400), -600],
  ['of a minute that another node has read already', (now: number) => String(now + 30), 30],
  ['of the future', (now: number) => String(now + 86_400), null],
  ['of the year 33000', () => '999999999999', null],
  ['that is negative', () => '-5', null],
  ['that is no number', () => 'yesterday', null],
  ['too long to be one', () => '9'.repeat(4000), null],
  ['that is empty', () => '', null],
])('a Last-Event-ID %s is answered with what can be told, and never with everything', async (_what, id, after) => {
  const { stage, url, now } = await stageOf({ metrics: METRICS.slice(0, 1) });
  await stage.play(now - 900, now);
  const client = await look(`${url}/api/live`, { 'last-event-id': id(now) });
  await client.until(() => client.events.at(-1)?.event === 'open');
  const newest = now - 1;
  expect(resumed(client)?.after).toBe(after === null ? null : newest + after + (after > 0 ? 1 : 0));
  expect(seconds(client).length).toBe(after !== null && after < 0 ? 600 : 0);
  await stage.play(now, now + 1);
  await client.until(() => seconds(client).at(-1) === now);
});

test('who says how much is enough is told no more, however long it was away', async () => {
  const { stage, url, now } = await stageOf();
  await stage.play(now - 500, now);
  for (const since of [now - 86_400, now + 86_400]) {
    const client = await look(`${url}/api/live?since=${since}&back=20&most=20`);
    await client.until(() => client.events.at(-1)?.event === 'open');
    expect(seconds(client)).toEqual(Array.from({ length: 20 }, (_, i) => now - 20 + i));
    expect(resumed(client)).toMatchObject({ after: now - 21, from: now - 20 });
  }
});

test('a server says from which second on it can tell all, where the viewer lacks more than it remembers', async () => {
  const { stage, url, now } = await stageOf();
  const early = await look(`${url}/api/live?since=${now - 60}`);
  await early.until(() => early.events.at(-1)?.event === 'open');
  expect(resumed(early)).toMatchObject({ after: null, from: null });
  await stage.play(now - 30, now);
  const client = await look(`${url}/api/live?since=${now - 60}`);
  await client.until(() => client.events.at(-1)?.event === 'open');
  expect(resumed(client)).toMatchObject({ after: now - 60, from: now - 30 });
  expect(Math.abs((resumed(client)?.at ?? 0) - systemClock.wall())).toBeLessThan(10_000);
  expect(seconds(client)).toEqual(Array.from({ length: 30 }, (_, i) => now - 30 + i));
});

test('what detectors of other metrics say late of a second is not lost on those who come back', async () => {
  const { stage, url, now } = await stageOf();
  const [orders, logins] = METRICS as [MadeUp, MadeUp];
  await stage.play(now - 9, now - 4, [orders]);
  await stage.play(now - 9, now - 6, [logins]);
  const first = await look(`${url}/api/live?back=20`);
  await first.until(() => first.events.at(-1)?.event === 'open');
  const last = first.events.findLast(({ event }) => event === 'second')?.id ?? '';
  first.close();
  await stage.play(now - 6, now - 4, [logins]);
  await stage.play(now - 4, now);
  const second = await look(`${url}/api/live`, { 'last-event-id': last });
  await second.until(() => second.events.at(-1)?.event === 'open');
  const told = [...first.of<SecondFrame>('second'), ...second.of<SecondFrame>('second')];
  const of = (name: string): number[] => told.filter(({ metrics }) => metrics.some(([one]) => one === name)).map((frame) => frame.second);
  for (const name of ['orders', 'logins']) {
    expect([...new Set(of(name))].toSorted()).toEqual(Array.from({ length: 9 }, (_, i) => now - 9 + i));
  }
});

test('what comes late reaches those who look and those who come later, as the history has it', async () => {
  const { stage, url, now } = await stageOf();
  await stage.play(now - 30, now);
  const early = await look(`${url}/api/live?back=60`);
  await early.until(() => early.events.at(-1)?.event === 'open');
  await stage.late('orders', now - 20, 7);
  const shown = (client: SseClient): Map<number, number> => {
    const orders = (counts: readonly (readonly [string, number, number | null])[]) => counts.filter(([name]) => name === 'orders');
    const told = client.of<SecondFrame>('second').map((frame) => [frame.second, frame.metrics[0]?.[1] ?? -1] as const);
    const late = client.of<LateFrame>('late').flatMap(({ counts }) => orders(counts).map(([, second, n]) => [second, n ?? -1] as const));
    return new Map([...told, ...late]);
  };
  await early.until(() => early.of('late').length > 0);
  const after = await look(`${url}/api/live?back=60`);
  await after.until(() => after.events.at(-1)?.event === 'open');
  await stage.goAway();
  await stage.comeBack(Number(new URL(url).port));
  const restarted = await look(`${url}/api/live?back=60`);
  await restarted.until(() => restarted.events.at(-1)?.event === 'open');
  const range = `from=${new Date((now - 30) * 1000).toISOString()}&to=${new Date(now * 1000).toISOString()}`;
  const { counts } = (await (await fetch(`${url}/api/metrics/orders/rates?${range}`)).json()) as RatesAnswer;
  const history = new Map(counts.map((n, i) => [now - 30 + i, n]));
  for (const client of [early, after, restarted]) expect(shown(client)).toEqual(history);
  expect(early.of<LateFrame>('late').flatMap((frame) => frame.counts)).toHaveLength(1);
});

test('seconds that are decided while a browser catches up reach it in their place', async () => {
  const many = Array.from({ length: 60 }, (_, i): MadeUp => ({ info: metric(`metric ${i}`), usual: 100 + i }));
  const { stage, url, now } = await stageOf({ metrics: many });
  await stage.play(now - 300, now - 40);
  const client = await look(`${url}/api/live?back=400`);
  for (let at = now - 40; at < now; at++) await stage.play(at, at + 1);
  await client.until(() => seconds(client).at(-1) === now - 1);
  expect(seconds(client)).toEqual(Array.from({ length: 300 }, (_, i) => now - 300 + i));
});

test('counts of the second that is not decided come before its decision', async () => {
  const { stage, url, now } = await stageOf();
  await stage.play(now - 3, now);
  const client = await look(`${url}/api/live`);
  await stage.count(now, 0.5);
  const counted = (): [string, number, number][] => client.of<OpenFrame>('open').flatMap(({ counts }) => [...counts]);
  await client.until(() => counted().some(([name]) => name === 'orders'));
  expect(counted().find(([name]) => name === 'orders')?.[1]).toBe(now);
  expect(seconds(client)).toEqual([]);
});

test('something is heard each second even when nothing happens', async () => {
  const { url } = await stageOf();
  const client = await look(`${url}/api/live`);
  await client.until(() => client.of('open').length >= 2);
  expect(client.of<OpenFrame>('open')[1]?.counts).toEqual([]);
});

test('an incident is told as it opens and as somebody takes it, to those who look already', async () => {
  const { stage, url, now } = await stageOf();
  const client = await look(`${url}/api/live`);
  const incident = (): IncidentsFrame['incidents'][number] | undefined => client.of<IncidentsFrame>('incidents').at(-1)?.incidents[0];
  const fell = { ...fallAt(now - 9, 118, 0.38), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 };
  const line = { incident: 'inc-1', at: now * 1000, by: 'a' };
  await stage.tell({ ...line, kind: 'opened', severity: 1, second: now - 5, fell });
  await client.until(() => incident()?.is === 'open');
  expect(incident()).toMatchObject({ id: 'inc-1', severity: 1, headline: 'Orders fell 62% in 4\u00a0s', reached: [], paging: [] });
  expect(client.of<IncidentsFrame>('incidents').at(-1)?.lastWokenAt).toBeNull();
  const page = { message: 'page', step: 0, person: 'ana', way: 'email', try: 1 } as const;
  await stage.tell({ ...line, kind: 'intended', ...page });
  await client.until(() => incident()?.paging.length === 1);
  await stage.tell({ ...line, kind: 'sent', ...page, detail: '250 OK' });
  await client.until(() => incident()?.reached.length === 1);
  expect(client.of<IncidentsFrame>('incidents').at(-1)?.lastWokenAt).toBe(now * 1000);
  await stage.tell({ ...line, kind: 'acknowledged', person: 'ana', via: 'link' } as JournalLine);
  await client.until(() => incident()?.is === 'acknowledged');
  expect(incident()?.acknowledgedBy).toBe('ana');
});

test('a viewer that never reads is dropped and counted; the others see every second', async () => {
  const many = Array.from({ length: 400 }, (_, i): MadeUp => ({ info: metric(`a metric with a long name, number ${i}`), usual: 5 }));
  const told: string[] = [];
  const { stage, url, now } = await stageOf({ metrics: many, telemetry: telemetryTo((name) => void told.push(name)) });
  const good = await look(`${url}/api/live`);
  const { hostname, port } = new URL(url);
  const deaf = connect({ host: hostname, port: Number(port) });
  deaf.on('error', () => undefined);
  const cut = new Promise<void>((resolve) => deaf.once('close', () => resolve()));
  deaf.write(`GET /api/live HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  deaf.pause();
  let at = now - 1;
  while (!told.includes('viewerDropped') && at < now + 2000) {
    await stage.play(at, at + 1);
    await good.until(() => seconds(good).at(-1) === at);
    at++;
  }
  expect(told).toContain('viewerDropped');
  expect(seconds(good)).toEqual(Array.from({ length: at - now + 1 }, (_, i) => now - 1 + i));
  deaf.resume();
  await cut;
}, 60_000);

test('a viewer that reads slowly is spared the counts of open seconds, and keeps every decided one', async () => {
  const many = Array.from({ length: 400 }, (_, i): MadeUp => ({ info: metric(`a metric with a long name, number ${i}`), usual: 5 }));
  const told: string[] = [];
  const { stage, url, now } = await stageOf({ metrics: many, telemetry: telemetryTo((name) => void told.push(name)) });
  await stage.play(now - 1, now);
  const slow = await look(`${url}/api/live?back=1`);
  await slow.until(() => seconds(slow).length === 1);
  slow.pause();
  let at = now;
  for (; !told.includes('viewerSpared') && at < now + 2000; at++) await stage.play(at, at + 1);
  expect(told.filter((name) => name !== 'viewers').slice(0, 1)).toEqual(['viewerSpared']);
  slow.resume();
  await slow.until(() => seconds(slow).at(-1) === at - 1);
  expect(seconds(slow)).toEqual(Array.from({ length: at - now + 1 }, (_, i) => now - 1 + i));
  expect(told).not.toContain('viewerDropped');
}, 60_000);

test('what was decided before a start is as old as it is; what is read later is as new as its reading', async () => {
  const { stage, now } = await stageOf();
  await stage.play(now - 5, now - 2);
  const before = systemClock.wall();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stage.goAway();
  await stage.comeBack(0);
  expect(stage.live.newest()).toMatchObject({ second: now - 3 });
  expect(stage.live.newest()?.decidedAt).toBeLessThanOrEqual(before);
  const again = systemClock.wall();
  await stage.play(now - 2, now - 1);
  await expect.poll(() => stage.live.newest()?.second).toBe(now - 2);
  expect(stage.live.newest()?.decidedAt).toBeGreaterThanOrEqual(again - 5);
});
