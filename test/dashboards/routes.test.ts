import { afterEach, expect, test } from 'vitest';
import type { IncidentAnswer, MetricNow, RatesAnswer } from '../../dashboards/live-frames.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

const now = Math.floor(systemClock.wall() / 1000);
const iso = (second: number): string => new Date(second * 1000).toISOString();

const METRICS: MadeUp[] = [
  {
    info: metric('orders', { critical: true }),
    usual: 100,
    state: (second) => (second >= now - 12 && second < now - 9 ? 'blind' : 'normal'),
  },
  { info: metric('logins'), usual: 20, left: (second) => (second >= now - 5 ? 0 : 1) },
];

const opened: Stage[] = [];

async function stageOf(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await openStage({ metrics: METRICS, ...options });
  opened.push(stage);
  await stage.play(now - 60, now);
  return stage;
}

async function get<Answer>(stage: Stage, url: string): Promise<{ status: number; answer: Answer }> {
  const response = await stage.app.inject({ url });
  return { status: response.statusCode, answer: response.json<Answer>() };
}

interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}

afterEach(async () => {
  for (const stage of opened.splice(0)) await stage.close();
});

test('rates tell zero from blind, second by second', async () => {
  const stage = await stageOf();
  const orders = await get<RatesAnswer>(stage, `/api/metrics/orders/rates?from=${iso(now - 15)}&to=${iso(now)}&step=1s`);
  expect(orders.status).toBe(200);
  expect(orders.answer.from).toBe(iso(now - 15));
  expect(orders.answer.counts.map((n) => n === null)).toEqual(Array.from({ length: 15 }, (_, i) => i >= 3 && i < 6));
  expect(orders.answer.state.slice(2, 7)).toEqual(['normal', 'blind', 'blind', 'blind', 'normal']);
  const logins = await get<RatesAnswer>(stage, `/api/metrics/logins/rates?from=${iso(now - 5)}&to=${iso(now)}`);
  expect(logins.answer.counts).toEqual([0, 0, 0, 0, 0]);
});

test('what comes late is added to seconds that were decided', async () => {
  const stage = await stageOf();
  const url = `/api/metrics/orders/rates?from=${iso(now - 3)}&to=${iso(now - 2)}&step=1s`;
  const before = (await get<RatesAnswer>(stage, url)).answer.counts[0] ?? 0;
  await stage.late('orders', now - 3, 7);
  await expect.poll(async () => (await get<RatesAnswer>(stage, url)).answer.counts[0]).toBe(before + 7);
});

test('the last five minutes at one second are what is told when nothing is asked for', async () => {
  const stage = await stageOf();
  const { answer } = await get<RatesAnswer>(stage, '/api/metrics/orders/rates');
  expect(answer.step).toBe('1s');
  expect(answer.counts.length).toBeGreaterThanOrEqual(300);
  expect(answer.counts.length).toBeLessThanOrEqual(301);
});

test.each([
  ['/api/metrics/order/rates', 404, 'Did you mean "orders"?'],
  [`/api/metrics/orders/rates?from=${iso(now)}&to=${iso(now - 60)}`, 400, 'from is after to'],
  ['/api/metrics/orders/rates?from=yesterday', 400, 'from: "yesterday" is no moment'],
  ['/api/metrics/orders/rates?to=2025-13-01T00:00:00Z', 400, 'is no moment'],
  ['/api/metrics/orders/rates?step=250ms', 400, 'step: "250ms"'],
  ['/api/metrics/orders/rates?step=soon', 400, 'step: "soon"'],
  [`/api/metrics/orders/rates?from=${iso(now - 10_801)}&to=${iso(now)}&step=1s`, 400, 'The smallest step for this range is 2s'],
  ['/api/metrics/orders/rates?from=1970-01-01T00:00:00Z&to=9999-12-31T00:00:00Z&step=1s', 400, 'smallest step'],
  [`/api/incidents?from=${iso(now)}&to=${iso(now - 60)}`, 400, 'from is after to'],
  ['/api/incidents?from=monday', 400, 'is no moment'],
  ['/api/incidents/inc-none', 404, 'There is no incident "inc-none"'],
  ['/nothing', 404, 'There is nothing at /nothing'],
])('%s is refused with %i and says what to do', async (url, status, words) => {
  const stage = await stageOf();
  const refused = await get<Refusal>(stage, url);
  expect(refused.status).toBe(status);
  expect(refused.answer.error.message).toContain(words);
});

test('exactly as many points as are allowed are told', async () => {
  const stage = await stageOf();
  const { status, answer } = await get<RatesAnswer>(stage, `/api/metrics/orders/rates?from=${iso(now - 10_800)}&to=${iso(now)}&step=1s`);
  expect([status, answer.counts.length]).toEqual([200, 10_800]);
});

test('the list of metrics tells how each is now', async () => {
  const stage = await stageOf();
  const { answer } = await get<MetricNow[]>(stage, '/api/metrics');
  expect(answer.map(({ name, state, second }) => [name, state, second])).toEqual([
    ['orders', 'normal', now - 1],
    ['logins', 'normal', now - 1],
  ]);
});

test('how fast a metric can be sure is told as it was told last, and null where nobody said it', async () => {
  const speed = { rate: 100, seconds: [4, 4, 4.5], noise: 1.2, window: 6, noises: [1.2] };
  const outlook = {
    now: speed,
    quietest: { ...speed, rate: 1.1, seconds: [18, 45, null], at: now - 3600 },
    day: speed,
    isNoiseKnown: true,
    pageWhen: {},
  };
  const [orders, logins] = METRICS as [MadeUp, MadeUp];
  const stage = await stageOf({ metrics: [{ ...orders, outlook }, logins] });
  const told = async (): Promise<unknown> => (await get<MetricNow[]>(stage, '/api/metrics')).answer.map((metric) => metric.outlook);
  await expect.poll(told).toEqual([outlook, null]);
});

test('an incident is found by time and by id, with its journal in words; who acknowledges first has it', async () => {
  const stage = await stageOf();
  const fell = { ...fallAt(now - 9, 118, 0.38), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 };
  await stage.tell({ kind: 'opened', incident: 'inc-1', at: now * 1000, by: 'a', severity: 1, second: now - 5, fell });
  await expect.poll(async () => (await get<unknown[]>(stage, '/api/incidents')).answer.length).toBe(1);
  expect((await get<unknown[]>(stage, `/api/incidents?from=${iso(now - 600)}&to=${iso(now - 60)}`)).answer).toEqual([]);
  const acknowledge = (person?: unknown): Promise<{ statusCode: number; json(): unknown }> =>
    stage.app.inject({ method: 'POST', url: '/api/incidents/inc-1/acknowledge', payload: person === undefined ? {} : { person } });
  expect((await acknowledge('')).statusCode).toBe(400);
  expect((await acknowledge(42)).statusCode).toBe(400);
  const done = await acknowledge('bo');
  expect([done.statusCode, done.json()]).toEqual([200, { id: 'inc-1', is: 'acknowledged', by: 'bo' }]);
  const again = await acknowledge('ana');
  expect(again.statusCode).toBe(409);
  expect(again.json()).toMatchObject({ error: { code: 'already', message: 'Bo has it already.' }, by: 'bo' });
  await expect.poll(async () => (await get<IncidentAnswer>(stage, '/api/incidents/inc-1')).answer.incident.is).toBe('acknowledged');
  const { journal } = (await get<IncidentAnswer>(stage, '/api/incidents/inc-1')).answer;
  expect(journal.map(({ kind }) => kind)).toEqual(['opened', 'acknowledged']);
  expect(journal[0]?.text).toBe('Opened, Sev-1: orders fell from 118/s to 45/s, 62% below usual, \u22128.7\u00a0σ, \u221215.5\u202f%/s');
  expect(journal[1]?.text).toBe('Bo acknowledged on the dashboard');
});

test('the demo takes its own actions only, and shows its mail where nothing of it can run', async () => {
  const done: string[] = [];
  const mail = {
    id: '<a/b?c@shop>',
    from: 'Plummet',
    to: 'ana',
    subject: 'orders fell',
    at: 1,
    text: 'plain',
    html: '<p>fell</p><script>1</script>',
  };
  const illustrated = {
    ...mail,
    id: 'illustrated',
    html: '<img src="cid:p@shop" alt="fell"><img src="cid:other">',
    pictures: { 'p@shop': 'data:image/png;base64,AA==' },
  };
  const demo = {
    startedAt: now * 1000,
    actions: ['break-checkout', 'mend'],
    act: async (name: string) => void done.push(name),
    mailbox: () => [mail, { ...mail, id: 'second', html: '', text: 'a < b' }, illustrated],
  };
  const stage = await stageOf({ demo });
  const post = (name: string): Promise<{ statusCode: number; body: string }> =>
    stage.app.inject({ method: 'POST', url: `/api/demo/${name}` });
  expect((await post('break-checkout')).statusCode).toBe(200);
  const wrong = await post('break-checkut');
  expect([wrong.statusCode, wrong.body.includes('Did you mean \\"break-checkout\\"?')]).toEqual([404, true]);
  expect(done).toEqual(['break-checkout']);
  const list = await get<{ id: string }[]>(stage, '/api/demo/mailbox');
  expect(list.answer.map(({ id }) => id)).toEqual(['illustrated', 'second', '<a/b?c@shop>']);
  expect(JSON.stringify(list.answer)).not.toContain('data:image/png');
  const html = await stage.app.inject({ url: `/api/demo/mailbox/${encodeURIComponent(mail.id)}/html` });
  expect(html.body).toContain('<p>fell</p>');
  expect(html.headers['content-security-policy']).toContain("default-src 'none'");
  expect(html.headers['content-security-policy']).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox;/);
  expect((await stage.app.inject({ url: '/api/demo/mailbox/second/html' })).body).toContain('a &#60; b');
  const shown = (await stage.app.inject({ url: '/api/demo/mailbox/illustrated/html' })).body;
  expect(shown).toContain('<img src="data:image/png;base64,AA==" alt="fell"><img src="cid:other">');
  expect((await stage.app.inject({ url: '/api/demo/mailbox/third/html' })).statusCode).toBe(404);
});

test('without the demo there are no buttons and no mailbox', async () => {
  const stage = await stageOf();
  expect((await stage.app.inject({ method: 'POST', url: '/api/demo/mend' })).statusCode).toBe(404);
  expect((await stage.app.inject({ url: '/api/demo/mailbox' })).statusCode).toBe(404);
});
