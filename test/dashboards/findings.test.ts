/** What slides, as the dashboard tells it: on the API, beside the incidents of the stream, and on a metric's page; never as an incident. */
import { afterEach, expect, test } from 'vitest';
import type { IncidentsFrame, NotedView } from '../../dashboards/live-frames.ts';
import { pastMarks } from '../../dashboards/web/src/past/marks.ts';
import type { NotedLine } from '../../platform/topics/incidents.ts';
import { type Signal, type SlideFacts, signalsRecord } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { LiveStream } from '../support/live-stream.ts';
import { metric, seriesOfName } from './made-up.ts';
import { clockFrom, openStage, type Stage } from './stage.ts';

const NOW = Date.UTC(2026, 10, 21, 11, 0, 30);
const FROM = NOW / 1000 - 30 - 4800;

let stage: Stage;
afterEach(() => stage.close());

const facts: SlideFacts = {
  ...{ is: 'slide', from: FROM, at: FROM + 3600, until: FROM + 3600, rate: 82.8, expected: 120, sigmas: 6.1, beside: 'weeks' },
};
const noted = (name: string, severity: 2 | 3, slide: Partial<SlideFacts> = {}): NotedLine => {
  const series = seriesOfName(name);
  const about = { kind: 'noted', incident: `note-${name}`, at: NOW - 60_000, by: 'a', severity, metric: name, series } as const;
  return { ...about, slide: { ...facts, ...slide } };
};

async function open(): Promise<void> {
  const metrics = ['checkout', 'payments', 'searches', 'visits'].map((name) => ({ info: metric(name), usual: 20 }));
  stage = await openStage({ metrics, clock: clockFrom(NOW) });
}

async function get(url: string): Promise<NotedView[]> {
  return (await stage.app.inject({ url })).json() as NotedView[];
}

test('a slide is told with its words and figures, as far as it goes by now, and as no incident', async () => {
  await open();
  await stage.tell(noted('checkout', 2));
  await expect.poll(() => get('/api/findings')).toHaveLength(1);
  const [told] = await get('/api/findings');
  const headline = 'Checkout slides: 31% below the usual Saturday since 09:40';
  expect(told).toMatchObject({ id: 'note-checkout', severity: 2, metric: 'checkout', is: 'slide', headline, share: 0.31, over: null });
  expect((await stage.app.inject({ url: '/api/incidents' })).json()).toEqual([]);
  expect((await stage.app.inject({ url: '/api/incidents/note-checkout' })).statusCode).toBe(404);

  const slide = { ...facts, rate: 60, until: FROM + 4500 };
  const figures = { n: 60, rate: 60, usual: 60, derivative: 0, steepness: 0, drop: 0 };
  const signal: Signal = { series: seriesOfName('checkout'), state: 'normal', ...figures, slide };
  const head = { by: 'made up', at: NOW, silent: [], producers: 1 };
  await stage.log.append(topics().signals, [signalsRecord({ second: NOW / 1000 - 31, ...head, signals: [signal] })]);
  await expect.poll(async () => (await get('/api/findings'))[0]?.headline).toContain('50% below');
});

test('the wall is told of the worst three that last, and how many more there are', async () => {
  await open();
  const url = await stage.listen();
  await stage.tell(
    noted('searches', 3),
    noted('checkout', 2, { from: FROM + 900 }),
    noted('visits', 3, { is: 'surprise' }),
    noted('payments', 2),
  );
  const stream = new LiveStream(url);
  try {
    const frame = (): IncidentsFrame | undefined => stream.frames<IncidentsFrame>('incidents').at(-1);
    await expect.poll(() => frame()?.noted?.map((one) => one.metric)).toEqual(['payments', 'checkout', 'searches']);
    expect(frame()).toMatchObject({ notedMore: 1, incidents: [] });
  } finally {
    stream.close();
  }
});

test('what is over is told for the time in which it lasted, and refused for no time at all', async () => {
  await open();
  const over = { incident: 'note-checkout', at: NOW - 1000, by: 'a', because: 'back', slide: { ...facts, over: 'back' } } as const;
  await stage.tell(noted('checkout', 2), { kind: 'noted-over', ...over });
  await expect.poll(async () => (await get('/api/findings'))[0]?.over).toBe('back');
  expect(await get('/api/findings?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z')).toEqual([]);
  expect((await stage.app.inject({ url: '/api/findings?from=yesterday' })).statusCode).toBe(400);
  expect((await stage.app.inject({ url: '/api/findings?from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z' })).statusCode).toBe(400);
});

test("it stands in its metric's past, at its beginning, and in no other's", async () => {
  await open();
  await stage.tell(noted('checkout', 2));
  await expect.poll(() => get('/api/findings')).toHaveLength(1);
  const marked = { annotations: [], incidents: [], noted: await get('/api/findings') };
  const span = { from: FROM - 1000, to: FROM + 9000 };
  expect(pastMarks('checkout', marked, span)).toMatchObject([
    { at: FROM, until: null, kind: 'slide', name: 'slide, Sev-2', incident: null },
  ]);
  expect(pastMarks('payments', marked, span)).toEqual([]);
  // It lasts: an hour of today is part of it, too.
  expect(pastMarks('checkout', marked, { from: FROM + 3700, to: FROM + 9000 })).toMatchObject([{ at: FROM, until: null }]);
});
