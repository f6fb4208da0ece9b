import { afterEach, expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import type { AskedMetric } from '../../platform/store/explain-second.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { testStore } from '../support/stores.ts';
import { falls, steady, Traffic } from '../support/traffic.ts';
import { metric } from './made-up.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

const now = Math.floor(systemClock.wall() / 1000);
/** More than an hour, which warming takes; all is lost 40 s before now. */
const START = now - 4300;
const FALL = now - 40;
const ORDERS: AskedMetric = { name: 'orders', event: 'order.placed', pageWhen: pageWhenOf({}) as PageWhen };

const opened: Stage[] = [];
afterEach(async () => {
  for (const stage of opened.splice(0)) await stage.close();
});

/** As it was decided on, but for two blind seconds at the end of the fall. */
async function stageOf(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await openStage({ metrics: [{ info: metric('orders'), usual: 0 }], explained: [ORDERS], ...options });
  opened.push(stage);
  const traffic = new Traffic(5);
  const shape = falls(steady(50), { at: FALL - START, left: 0, lasts: 1000 });
  const records = Array.from({ length: now - START }, (_, at) => {
    const isBlind = at === now - START - 10 || at === now - START - 9;
    const n = traffic.count(shape(at));
    const none = { rate: null, usual: null, derivative: null, steepness: null, drop: null };
    const signal = { series: seriesOf(ORDERS), ...none, state: isBlind ? 'blind' : 'normal', n: isBlind ? null : n } as const;
    return signalsRecord({ second: START + at, by: 'a', at: 0, silent: [], producers: 1, signals: [signal] });
  });
  await stage.log.append(topics().signals, records);
  await expect.poll(() => stage.live.newest()?.second).toBe(now - 1);
  return stage;
}

async function ask(stage: Stage, at: string | number, name = 'orders'): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await stage.app.inject({ url: `/api/metrics/${name}/explain?at=${at}` });
  return { status: response.statusCode, body: response.json() };
}

test('what is remembered is explained before the store has it: the page, the second before it, and a blind one', async () => {
  const stage = await stageOf();
  const page = await ask(stage, new Date((FALL + 3) * 1000).toISOString());
  expect(page).toMatchObject({
    status: 200,
    body: { metric: 'orders', second: FALL + 3, pages: true, state: 'dropped', source: 'memory', incident: null, fall: { drop: 1 } },
  });
  expect((await ask(stage, FALL + 2)).body).toMatchObject({
    pages: false,
    verdict: 'Does not page: it has lasted 3\u00a0s so far, 4\u00a0s are asked.',
    decided: { state: 'normal' },
  });
  const blind = await ask(stage, now - 10);
  expect(blind.body).toMatchObject({ reason: 'no data', before: now - 11, after: now - 8, outSince: FALL + 3 });
});

test('what cannot be explained is refused with what to do', async () => {
  const stage = await stageOf();
  for (const [at, name, status, says] of [
    ['now', 'orders', 400, /is no second\. Write it like at=/],
    [now + 3600, 'orders', 400, /in the future/],
    [now * 1000, 'orders', 400, /is no second/],
    [START - 60, 'orders', 422, /Nothing is known of orders at .* reaches from/],
    [now, 'orders', 422, /is not decided on yet/],
    [now - 5, 'order', 404, /Did you mean "orders"\?/],
  ] as const) {
    const { status: told, body } = await ask(stage, at, name);
    expect([at, told, body]).toEqual([at, status, { error: { code: expect.any(String), message: expect.stringMatching(says) } }]);
  }
  const without = await stage.app.inject({ url: '/api/metrics/orders/explain' });
  expect([without.statusCode, without.body]).toEqual([400, expect.stringContaining('which second?')]);
});

test('while the store is away nobody knows what was usual, and that is said', async () => {
  const away = testStore({ url: 'http://nobody:there@127.0.0.1:9/plummet' });
  const stage = await stageOf({ store: away });
  const { status, body } = await ask(stage, FALL + 3);
  expect([status, body]).toEqual([503, { error: { code: 'history-away', message: expect.stringMatching(/History cannot be reached/) } }]);
  await away.close();
});

test('one client is told to wait before it takes the loop from what pages people', async () => {
  const stage = await stageOf();
  const answers = await Promise.all(
    Array.from({ length: 9 }, () => stage.app.inject({ url: `/api/metrics/orders/explain?at=${FALL + 3}` })),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThanOrEqual(4);
  expect(answers.find(({ statusCode }) => statusCode === 429)?.headers['retry-after']).toBeDefined();
});
