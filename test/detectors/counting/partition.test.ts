import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import { expect, test } from 'vitest';
import type { CountedMetric } from '../../../detectors/counting/metric.ts';
import { CLOCK_SKEW_MS_MAX, PartitionFold } from '../../../detectors/counting/partition.ts';
import { batchText, foldAll, merged, Partition, START } from './records.ts';

const METRICS: CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'revenue', event: 'order.placed', value: 'amount' },
  { name: 'signups', event: 'user.registered', where: { plan: ['pro', 'team'] } },
];
const ORDERS = METRICS.slice(0, 1);

const counted = (partition: Partition, metrics = METRICS): ReturnType<typeof merged> =>
  merged(foldAll(new PartitionFold(0, metrics, 0), partition.records).takeCounts());
const found = (partition: Partition, metrics = ORDERS): unknown[] =>
  foldAll(new PartitionFold(0, metrics, 0), partition.records).takeFindings();
const waits = (partition: Partition): unknown[] => [
  ...(foldAll(new PartitionFold(0, ORDERS, 0), partition.records)
    .takeCounts()
    .at(-1)?.waits ?? []),
];

test('events are counted by second, filtered and added up', () => {
  const partition = new Partition().batch({
    seq: 0,
    t0: START + 900,
    events: [
      ['order.placed', 0, { amount: 40 }],
      ['order.placed', 200, { amount: 2 }],
      ['order.placed', 300, { amount: 'much' }],
      ['user.registered', 10, { plan: 'pro' }],
      ['user.registered', 10, { plan: 'free' }],
      ['user.registered', 10],
      ['page.seen', 10],
    ],
  });
  expect(counted(partition)).toEqual({
    'orders 0': { n: 1, sum: 0, lost: 0 },
    'orders 1': { n: 2, sum: 0, lost: 0 },
    'revenue 0': { n: 1, sum: 40, lost: 0 },
    'revenue 1': { n: 2, sum: 2, lost: 0 },
    'signups 0': { n: 1, sum: 0, lost: 0 },
  });
});

test('the tally alone counts whole types as the events would', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 50; seq++) {
    const events = Array.from({ length: 9 }, (_, i): [string, number] => [i % 3 === 0 ? 'order.placed' : 'page.seen', i * 290]);
    partition.batch({ seq, t0: START + seq * 777, events });
  }
  const filtered: CountedMetric[] = [...ORDERS, { name: 'same', event: 'order.placed', where: {} }];
  const totals = counted(partition, filtered);
  for (const [key, total] of Object.entries(totals)) expect(totals[key.replace('orders', 'same')]).toEqual(total);
  expect(counted(partition, ORDERS)).toEqual(Object.fromEntries(Object.entries(totals).filter(([key]) => key.startsWith('orders'))));
});

test('what a producer discarded is told apart in every series of its type', () => {
  const partition = new Partition().batch({ seq: 0, published: 44, lost: { 'order.placed': [[0, 40]], 'user.registered': [[1, 3]] } });
  expect(counted(partition)).toEqual({
    'orders 0': { n: 1, sum: 0, lost: 40 },
    'revenue 0': { n: 1, sum: 0, lost: 40 },
    'signups 1': { n: 0, sum: 0, lost: 3 },
  });
  expect(found(partition)).toEqual([{ is: 'lost', why: 'memory', producer: 'shop#1', events: 43 }]);
});

test('a batch read again counts nothing and is told', () => {
  const partition = new Partition().batch({ seq: 0 }).batch({ seq: 0 }, START + 5000);
  expect(counted(partition, ORDERS)).toEqual({ 'orders 0': { n: 1, sum: 0, lost: 0 } });
  expect(found(partition)).toEqual([{ is: 'discarded', events: 1 }]);
});

test('batches that never came are told as lost after a minute, in events', () => {
  const partition = new Partition().batch({ seq: 0 }).batch({ seq: 8 });
  expect(found(partition.tick(START + 60_099))).toEqual([]);
  expect(found(partition.tick(START + 60_100))).toEqual([{ is: 'lost', why: 'gap', producer: 'shop#1', events: 7 }]);
});

test('events of a clock that is off are counted in the second they happened, by log time', () => {
  for (const offMs of [-300_000, 300_000, -86_400_000, -55 * 365 * 86_400_000]) {
    const t0 = START + 900 + offMs;
    const events: [string, number][] = [
      ['order.placed', 0],
      ['order.placed', 150],
    ];
    const partition = new Partition().batch({ seq: 0, t0, sent: t0 + 200, events, lost: { 'order.placed': [[2, 5]] } }, START + 1100);
    const shifted = counted(partition, ORDERS);
    expect(shifted).toMatchObject({ 'orders 0': { n: 1 }, 'orders 1': { n: 1 } });
    expect(Object.values(shifted).reduce((sum, { lost }) => sum + lost, 0)).toBe(5);
    expect(found(partition)).toContainEqual({ is: 'skewed', producer: 'shop#1', skewMs: -offMs });
  }
});

test('a clock is told once when it is farther off than it may be, again when it was right meanwhile, and never at the limit', () => {
  const told = (skewsMs: readonly number[], clockSkewMsMax = CLOCK_SKEW_MS_MAX): unknown[] => {
    const fold = new PartitionFold(0, ORDERS, 0);
    fold.clockSkewMsMax = clockSkewMsMax;
    const partition = new Partition();
    skewsMs.forEach((skewMs, seq) => {
      const at = START + seq * 1000;
      partition.batch({ seq, t0: at - skewMs, sent: at - skewMs }, at);
    });
    return foldAll(fold, partition.records).takeFindings();
  };
  const skewed = (skewMs: number): unknown => ({ is: 'skewed', producer: 'shop#1', skewMs });
  expect(told([5000, 4000])).toEqual([]);
  expect(told([-5001, -5001, -6000])).toEqual([skewed(-5001)]);
  expect(told([6000, 0, -5001])).toEqual([skewed(6000), skewed(-5001)]);
  expect(told([-5001], 60_000)).toEqual([]);
  expect(told([300], 299)).toEqual([skewed(300)]);
});

test('a resend after an outage moves no event: its `sent` is anew', () => {
  const partition = new Partition().batch({ seq: 0 }).batch({ seq: 1, t0: START + 1000, sent: START + 31_000 }, START + 31_020);
  expect(counted(partition, ORDERS)).toEqual({ 'orders 0': { n: 1, sum: 0, lost: 0 }, 'orders 1': { n: 1, sum: 0, lost: 0 } });
});

test('what cannot be read is told with its place and reason and stops nothing', () => {
  const poison: [value: string, contentType: string, reason: string][] = [
    ['{', BATCH_CONTENT_TYPE, 'bad-json'],
    ['null', BATCH_CONTENT_TYPE, 'bad-shape'],
    ['[]', BATCH_CONTENT_TYPE, 'bad-shape'],
    [batchText({ seq: 1 }).replace('"seq":1', '"seq":-1'), BATCH_CONTENT_TYPE, 'bad-number'],
    [batchText({ seq: 1 }).replace('"seq":1', '"seq":1e999'), BATCH_CONTENT_TYPE, 'bad-number'],
    [batchText({ seq: 1, t0: Date.UTC(9999, 0) }), BATCH_CONTENT_TYPE, 'time-out-of-range'],
    [batchText({ seq: 1, t0: 1000, sent: START + 400 }), BATCH_CONTENT_TYPE, 'time-out-of-range'],
    [batchText({ seq: 1 }), 'application/vnd.plummet.batch+json;v=2', 'newer-version'],
    ['order.placed', 'text/plain', 'unknown-form'],
    ['{"writer":7}', 'application/vnd.plummet.tick+json;v=1', 'bad-shape'],
    ['{"writer":"a","at":null}', 'application/vnd.plummet.tick+json;v=1', 'bad-number'],
    ['{}', 'application/vnd.plummet.foreign+json;v=1', 'bad-shape'],
    ['{"specversion":"1.0"}', 'application/cloudevents+json', 'bad-shape'],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, BATCH_CONTENT_TYPE, 'bad-shape'],
  ];
  const partition = new Partition().batch({ seq: 0 });
  for (const [value, contentType] of poison) partition.put({ key: '', value, headers: { 'content-type': contentType } }, START + 400);
  partition.batch({ seq: 2 });
  const findings = found(partition) as { is: string; offset: number; reason: string }[];
  expect(findings.map(({ is, offset, reason }) => [is, offset, reason])).toEqual(
    poison.map(([, , reason], i) => ['unreadable', i + 1, reason]),
  );
  expect(counted(partition, ORDERS)).toEqual({ 'orders 0': { n: 2, sum: 0, lost: 0 } });
});

test('where only the events cannot be read, whole types count by the tally and filters know that they missed some', () => {
  const text = batchText({ seq: 0, events: [['order.placed', 0, { amount: 4 }]] }).replace('["order.placed",0', '["order.placed","x"');
  const partition = new Partition().put({ key: '', value: text, headers: { 'content-type': BATCH_CONTENT_TYPE } }, START + 100);
  expect(counted(partition)).toEqual({ 'orders 0': { n: 1, sum: 0, lost: 0 }, 'revenue 0': { n: 0, sum: 0, lost: 1 } });
  expect(found(partition, METRICS)).toMatchObject([{ is: 'unreadable', reason: 'bad-shape' }]);
});

test('a batch written in another order, or with a type called events, is counted all the same', () => {
  const odd = JSON.stringify({ events: [['order.placed', 0]], ...JSON.parse(batchText({ seq: 0 })) });
  const named = batchText({ seq: 1, events: [['order.placed', 0], ['events', 0]] }); // biome-ignore format: one line
  const partition = new Partition();
  for (const value of [odd, named]) partition.put({ key: '', value, headers: { 'content-type': BATCH_CONTENT_TYPE } }, START + 100);
  expect(found(partition)).toEqual([]);
  expect(counted(partition, [...METRICS, { name: 'odd', event: 'events' }])).toMatchObject({ 'orders 0': { n: 2 }, 'odd 0': { n: 1 } });
});

test('events of other clients are counted by their own time and weight, each (source, id) once', () => {
  const event = { type: 'order.placed', time: START + 1500, source: 'curl', id: '7', data: { amount: 3 } };
  const partition = new Partition()
    .foreign([event, { ...event, weight: 10, id: '8' }, { ...event, id: null }, { ...event, id: null }], START + 1600)
    .foreign([event], START + 9000);
  expect(counted(partition)).toEqual({ 'orders 1': { n: 13, sum: 0, lost: 0 }, 'revenue 1': { n: 13, sum: 39, lost: 0 } });
  expect(found(partition)).toEqual([{ is: 'discarded', events: 1 }]);
});

test('CloudEvents written to Kafka directly are counted, in both modes', () => {
  const attributes = { specversion: '1.0', type: 'order.placed', source: '/till', time: '2025-11-21T14:00:03.5Z' };
  const structured = { key: '', value: JSON.stringify({ ...attributes, id: '1', data: { amount: 5 } }) };
  const binary = Object.fromEntries(Object.entries({ ...attributes, id: '2' }).map(([name, value]) => [`ce_${name}`, value]));
  const partition = new Partition()
    .put({ ...structured, headers: { 'content-type': 'application/cloudevents+json' } }, START + 4000)
    .put({ key: '', value: '{"amount":6}', headers: { ...binary, 'content-type': 'application/json' } }, START + 4000)
    .put({ key: '', value: '{"amount":6}', headers: { ...binary, 'content-type': 'application/json' } }, START + 4000);
  expect(counted(partition)).toEqual({ 'orders 3': { n: 2, sum: 0, lost: 0 }, 'revenue 3': { n: 2, sum: 11, lost: 0 } });
});

test('progress is log time at ticks, and only there', () => {
  const fold = new PartitionFold(0, ORDERS, 0);
  foldAll(fold, new Partition().batch({ seq: 0 }, START + 5000).records);
  expect(fold.takeCounts().at(-1)?.progress).toBe(0);
  foldAll(
    fold,
    new Partition()
      .skipTo(1)
      .tick(START + 5250)
      .tick(START + 5000).records,
  );
  expect(fold.takeCounts().at(-1)?.progress).toBe(START + 5250);
});

test('whoever spoke in the last ten seconds is waited for, with its skew taken off', () => {
  const partition = new Partition()
    .batch({ producer: 'gone#1', seq: 0 }, START)
    .batch({ producer: 'right#1', seq: 0, until: START + 5000 }, START + 5000)
    .batch({ producer: 'slow#1', seq: 0, t0: START - 7400, sent: START - 2400, until: START - 2400 }, START + 5000)
    .tick(START + 10_000);
  expect(waits(partition)).toContainEqual(['gone#1', START + 100, START]);
  expect(waits(partition.tick(START + 10_001))).toEqual([
    ['right#1', START + 5000, START + 5000],
    ['slow#1', START + 5000, START + 5000],
  ]);
});

test('who says goodbye is waited for no more, unless it speaks again', () => {
  const partition = new Partition().batch({ seq: 0 }).batch({ seq: 2, until: START + 900, bye: true }, START + 900);
  expect(waits(partition)).toEqual([]);
  expect(waits(partition.batch({ seq: 1, until: START + 500 }, START + 950))).toEqual([]);
  expect(waits(partition.batch({ seq: 3, until: START + 2000 }, START + 2000))).toHaveLength(1);
});

test('rows are published whole for their block, and only those that changed', () => {
  const fold = new PartitionFold(0, ORDERS, 0);
  foldAll(fold, new Partition().batch({ seq: 0 }).batch({ seq: 1, t0: START + 1000 }).records);
  expect(fold.takeCounts().map(({ to, rows }) => [to, rows.map(([, second, n]) => [second - START / 1000, n])])).toEqual([
    [2, [[0, 1], [1, 1]]], // biome-ignore format: one line
  ]);
  foldAll(fold, new Partition().skipTo(2).batch({ seq: 2 }).records);
  expect(fold.takeCounts().map(({ to, rows }) => [to, rows.map(([, , n]) => n)])).toEqual([[3, [2]]]);
  expect(fold.takeCounts()).toEqual([]);
  foldAll(fold, new Partition().skipTo(3).tick(START + 250).records);
  expect(fold.takeCounts()).toMatchObject([{ block: 0, to: 4, rows: [] }]);
});

test('a record that was taken before changes nothing', () => {
  const { records } = new Partition().batch({ seq: 0 }).batch({ seq: 1 });
  const fold = foldAll(new PartitionFold(0, ORDERS, 0), records);
  foldAll(fold, records);
  expect(merged(fold.takeCounts())).toEqual({ 'orders 0': { n: 2, sum: 0, lost: 0 } });
  expect(fold.takeFindings()).toEqual([]);
});

test('producers are forgotten after a day of log time, where a block begins', () => {
  const partition = new Partition()
    .batch({ seq: 0 })
    .skipTo(1000)
    .tick(START + 24 * 3_600_000)
    .skipTo(2000);
  const fold = foldAll(new PartitionFold(0, ORDERS, 0), partition.records);
  fold.enter(2);
  expect(fold.checkpoint().producers.map(({ name }) => name)).toEqual(['shop#1']);
  foldAll(fold, partition.tick(START + 24 * 3_600_000 + 101).records);
  fold.enter(3);
  expect(fold.checkpoint().producers).toEqual([]);
});

test('a producer that is silent keeps in memory what tells its repeats, and little else', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 100; seq++) partition.batch({ seq, t0: START + seq * 100 });
  const fold = foldAll(new PartitionFold(0, ORDERS, 0), partition.skipTo(1000).tick(START + 700_000).records);
  fold.enter(2);
  const [shop] = fold.checkpoint().producers;
  expect([shop?.skew, shop?.seen.begun.length, shop?.seen.highest]).toEqual([[], 2, 99]);
  foldAll(fold, new Partition().skipTo(2000).batch({ seq: 40, t0: START + 4000 }, START + 700_000).records);
  expect(fold.takeFindings()).toContainEqual({ is: 'discarded', events: 1 });
});
