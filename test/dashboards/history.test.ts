import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AnnotationView, RatesAnswer } from '../../dashboards/live-frames.ts';
import { annotate } from '../../platform/store/annotations.ts';
import type { Store } from '../../platform/store/store.ts';
import { ClickHouse } from '../support/clickhouse.ts';
import { rollUpAll, writePast } from '../support/past.ts';
import { ROOT } from '../support/sources.ts';
import { answering, testStore } from '../support/stores.ts';
import { type MadeUp, metric, seriesOfName } from './made-up.ts';
import { openStage, type Stage } from './stage.ts';

const HOUR = 3600;
const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
/** Memory knows the last minute; the store all before, but for the last half of it. */
const REMEMBERED = now - 60;
const KEPT = now - 30;
const BEGAN = Math.floor(now / DAY) * DAY - 2 * DAY;
const METRICS: MadeUp[] = [
  { info: metric('orders'), usual: 100 },
  { info: metric('logins'), usual: 20 },
];
const iso = (second: number): string => new Date(second * 1000).toISOString();

let server: ClickHouse;
let store: Store;
beforeAll(async () => {
  server = await ClickHouse.start();
  store = await answering(testStore({ url: server.url() }));
  for (const { info } of METRICS) await writePast(store, seriesOfName(info.name), BEGAN, KEPT - BEGAN);
  await rollUpAll(store);
}, 120_000);
afterAll(async () => {
  await store.close();
  await server.stop();
});

async function stageWith(one: Store | null): Promise<Stage> {
  const stage = await openStage({ metrics: METRICS, store: one });
  onTestFinished(() => stage.close());
  await stage.play(REMEMBERED, now);
  return stage;
}

async function ratesOf(stage: Stage, query: string, name = 'orders'): Promise<RatesAnswer> {
  const answer = await stage.app.inject({ url: `/api/metrics/${name}/rates?${query}` });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<RatesAnswer>();
}

test('days from the store and the last minute from memory are one answer', async () => {
  const stage = await stageWith(store);
  const byHours = await ratesOf(stage, `from=${iso(BEGAN)}&to=${iso(now)}&step=1h`);
  const bySeconds = await ratesOf(stage, `from=${iso(now - 120)}&to=${iso(now)}&step=1s`);
  expect(byHours.incomplete).toBeUndefined();
  expect(bySeconds.counts.every((n) => n !== null)).toBe(true);
  expect(byHours.counts.every((n, i) => n !== null && (i >= byHours.counts.length - 2 || n > 90 * HOUR))).toBe(true);
  expect(byHours.closed[0]).toBe(99 * HOUR);
  expect(byHours.steepness[0]).toBe(-0.99);
});

test('a zoom is chosen that fits a screen, or as many points as are wanted', async () => {
  const stage = await stageWith(store);
  const month = `from=${iso(now - 30 * DAY)}&to=${iso(now)}`;
  const steps = async (query: string): Promise<[string, boolean]> => {
    const { step, counts, from } = await ratesOf(stage, query);
    return [step, counts.length <= 1281 && Date.parse(from) <= (now - 30 * DAY) * 1000];
  };
  expect(await steps(`${month}&step=auto`)).toEqual(['1h', true]);
  expect(await steps(month)).toEqual(['1h', true]);
  expect(await steps(`${month}&points=240`)).toEqual(['3h', true]);
  expect(await steps(`${month}&step=1d`)).toEqual(['1d', true]);
  for (const [query, words] of [
    ['step=45s', 'Take 50s'],
    ['step=sometimes', 'or auto'],
    ['points=0', 'points'],
    ['points=many', 'points'],
    [`${month}&step=4s`, 'The smallest step for this range is 240s'],
  ]) {
    const refused = await stage.app.inject({ url: `/api/metrics/orders/rates?${query}` });
    expect([refused.statusCode, refused.json<{ error: { message: string } }>().error.message]).toEqual([
      400,
      expect.stringContaining(words as string),
    ]);
  }
});

test('the future is empty', async () => {
  const stage = await stageWith(store);
  const { counts, incomplete } = await ratesOf(stage, `from=${iso(now + DAY)}&to=${iso(now + DAY + 60)}&step=10s`);
  expect(counts.every((n) => n === null)).toBe(true);
  expect(incomplete).toBeUndefined();
});

test('without a store, and while it is away, what memory knows is told and that something is missing', async () => {
  const away = testStore({ url: 'http://nobody:there@127.0.0.1:9/plummet' });
  onTestFinished(() => away.close());
  for (const [one, words] of [
    [null, 'store: none'],
    [away, 'does not answer'],
  ] as const) {
    const stage = await stageWith(one);
    const long = await ratesOf(stage, `from=${iso(now - HOUR)}&to=${iso(now)}&step=1s`);
    expect(long.incomplete).toContain(words);
    expect(long.counts.filter((n) => n !== null)).toHaveLength(now - REMEMBERED);
    expect((await ratesOf(stage, `from=${iso(now - 30)}&to=${iso(now)}`)).incomplete).toBeUndefined();
  }
});

test('a store that hangs holds no answer up for more than some seconds', async () => {
  const other = await ClickHouse.start();
  onTestFinished(() => other.stop());
  const hanging = await answering(testStore({ url: other.url() }));
  onTestFinished(() => hanging.close());
  const stage = await stageWith(hanging);
  other.hang();
  const ask = (): Promise<RatesAnswer> => ratesOf(stage, `from=${iso(now - DAY)}&to=${iso(now)}&step=1m`);
  const answers = await Promise.all([ask(), ask(), ask(), ask()]);
  for (const { incomplete, counts } of answers) {
    expect(incomplete).toContain('did not answer within 2 s');
    expect(counts.at(-1)).not.toBeNull();
  }
  expect((await ask()).incomplete).toContain('did not answer');
  other.goOn();
}, 60_000);

test('a wall of eight metrics may ask for thirty days of all of them at once', async () => {
  const stage = await stageWith(store);
  const ask = (): Promise<RatesAnswer> => ratesOf(stage, `from=${iso(now - 30 * DAY)}&to=${iso(now)}&step=auto`);
  // A busy machine may not answer all of them in time; who is told so asks again.
  const answered = async (): Promise<RatesAnswer> => {
    for (let answer = await ask(); ; answer = await ask()) if (answer.incomplete === undefined) return answer;
  };
  const [first, ...others] = await Promise.all(Array.from({ length: 8 }, answered));
  expect(first?.counts.some((count) => count !== null)).toBe(true);
  for (const { counts } of others) expect(counts).toEqual(first?.counts);
}, 60_000);

test('what is marked is told, and in words why not', async () => {
  const stage = await stageWith(store);
  const mark = { id: 'd-1', kind: 'deploy', at: now * 1000 - 5000, until: null, text: 'web 2.4', writer: 'ana' };
  await annotate(store, [mark], now * 1000);
  const told = async (one: Stage, query: string): Promise<[number, unknown]> => {
    const answer = await one.app.inject({ url: `/api/annotations?${query}` });
    return [answer.statusCode, answer.json<AnnotationView[]>()];
  };
  expect(await told(stage, '')).toEqual([200, [mark]]);
  expect(await told(stage, `from=${iso(now - 60)}&to=${iso(now - 30)}`)).toEqual([200, []]);
  expect((await told(stage, `from=${iso(now)}&to=${iso(now - 30)}`))[0]).toBe(400);
  expect((await told(stage, 'from=soon'))[0]).toBe(400);
  expect(await told(await stageWith(null), '')).toEqual([200, []]);
  const away = testStore({ url: 'http://nobody:there@127.0.0.1:9/plummet' });
  onTestFinished(() => away.close());
  const [status, body] = await told(await stageWith(away), '');
  expect([status, JSON.stringify(body)]).toEqual([503, expect.stringContaining('cannot be reached')]);
});

test('the questions of docs/history.md are answered', async () => {
  const text = readFileSync(join(ROOT, 'docs/history.md'), 'utf8');
  const queries = [...text.matchAll(/```sql\n([^`]*)```/g)].map(([, query]) => query as string);
  expect(queries.length).toBeGreaterThanOrEqual(4);
  for (const query of queries) expect(await store.rows(query)).toBeInstanceOf(Array);
});
