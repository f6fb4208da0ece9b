/** Interleavings that broke earlier drafts of the protocol, each by name. */
import { expect, test } from 'vitest';
import type { CountedMetric } from '../../../detectors/counting/metric.ts';
import { PartitionFold } from '../../../detectors/counting/partition.ts';
import type { CountsRecord } from '../../../platform/topics/counts.ts';
import { foldAll, merged, Partition, START, saved } from './records.ts';

const ORDERS: CountedMetric[] = [{ name: 'orders', event: 'order.placed' }];
const begin = (): PartitionFold => new PartitionFold(0, ORDERS, 0);
const again = ({ checkpoint, pairs }: ReturnType<typeof saved>): PartitionFold => new PartitionFold(0, ORDERS, checkpoint, pairs);

test("a late event after a counter's restart does not replace what was counted before it", () => {
  const before = new Partition();
  for (let seq = 0; seq < 311; seq++) before.batch({ seq });
  before.skipTo(1000).tick(START + 3000);
  const first = foldAll(begin(), before.records);
  const published = first.takeCounts();
  const checkpoint = saved(first);
  const second = again(checkpoint);
  foldAll(
    second,
    new Partition()
      .skipTo(1000)
      .tick(START + 3000)
      .batch({ seq: 311 }, START + 4000).records,
  );
  expect(merged([...published, ...second.takeCounts()])).toEqual({ 'orders 0': { n: 312, sum: 0, lost: 0 } });
});

test('a counter killed in the middle of a block counts the whole block again and nothing twice', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 112; seq++) partition.batch({ seq }).batch({ seq });
  const published: CountsRecord[] = [];
  for (const readAtDeath of [3, 108, 109, 224]) {
    const fold = foldAll(begin(), partition.records.slice(0, readAtDeath));
    published.push(...fold.takeCounts());
    expect(merged(published)).toMatchObject({ 'orders 0': { n: Math.ceil(readAtDeath / 2) } });
  }
});

test('a checkpoint holds what was seen exactly before its block, whatever is read again from there', () => {
  const partition = new Partition();
  partition
    .skipTo(997)
    .batch({ seq: 0 })
    .batch({ seq: 1 })
    .tick(START + 250);
  const fold = foldAll(begin(), partition.records);
  fold.enter(1);
  const checkpoint = saved(fold);
  partition.batch({ seq: 2 }).batch({ seq: 1 }).batch({ seq: 3 }).batch({ seq: 0 });
  const counts = foldAll(fold, partition.records).takeCounts();
  for (const restarts of [1, 2, 3]) {
    for (let i = 0; i < restarts; i++) counts.push(...foldAll(again(checkpoint), partition.records.slice(3)).takeCounts());
    expect(merged(counts)).toEqual({ 'orders 0': { n: 4, sum: 0, lost: 0 } });
  }
});

test('(source, id) pairs are in the checkpoint: a foreign event resent across a restart is counted once', () => {
  const event = { type: 'order.placed', time: START, source: 'curl', id: '7' };
  const partition = new Partition()
    .foreign([event], START)
    .foreign([{ ...event, id: '8' }], START + 30_000)
    .skipTo(1000);
  const fold = foldAll(begin(), partition.records);
  fold.enter(1);
  const published = fold.takeCounts();
  const checkpoint = saved(fold);
  expect(checkpoint.pairs).toHaveLength(1);
  partition.foreign([event, { ...event, id: '8' }, { ...event, id: '9' }], START + 60_000);
  const second = foldAll(again(checkpoint), partition.records);
  expect(merged([...published, ...second.takeCounts()])).toEqual({ 'orders 0': { n: 3, sum: 0, lost: 0 } });
});

test('batch 10 after batch 11 is no repeat, also across a restart', () => {
  const partition = new Partition().batch({ seq: 9 }).batch({ seq: 11 }).skipTo(1000);
  const fold = foldAll(begin(), partition.records);
  fold.enter(1);
  const checkpoint = saved(fold);
  const published = fold.takeCounts();
  const late = new Partition().skipTo(1000).batch({ seq: 10 }).batch({ seq: 10 }).batch({ seq: 11 });
  const second = foldAll(again(checkpoint), late.records);
  expect(merged([...published, ...second.takeCounts()])).toEqual({ 'orders 0': { n: 3, sum: 0, lost: 0 } });
});

test('two processes under one producer id are told, and none of their orders is gone', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 200; seq++) {
    partition.batch({ seq, t0: START + seq * 100 }).batch({ seq, t0: START + 13 + seq * 100 });
    partition.batch({ seq, t0: START + seq * 100 });
  }
  const fold = foldAll(begin(), partition.records);
  const total = Object.values(merged(fold.takeCounts())).reduce((sum, { n }) => sum + n, 0);
  expect(total).toBe(400);
  const told = fold.takeFindings().map(({ is }) => is);
  expect(told.filter((is) => is === 'two senders')).toHaveLength(200);
  expect(told.filter((is) => is === 'discarded')).toHaveLength(200);
});

test('an app whose clock was stepped comes back with all its events in their seconds, and its `until` in log time', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 20; seq++) {
    const at = START + seq * 1000 + 500;
    const offMs = seq < 10 ? 0 : 7400;
    const producer = seq < 10 ? 'shop#before' : 'shop#after';
    partition.batch({ producer, seq, t0: at - 100 + offMs, sent: at + offMs, until: at + offMs }, at);
  }
  const counts = foldAll(begin(), partition.records).takeCounts();
  const expected = Object.fromEntries(Array.from({ length: 20 }, (_, second) => [`orders ${second}`, { n: 1, sum: 0, lost: 0 }]));
  expect(merged(counts)).toEqual(expected);
  expect(counts.at(-1)?.waits).toEqual([
    ['shop#before', START + 9500, START + 9500],
    ['shop#after', START + 19_500, START + 19_500],
  ]);
});

test("a gateway whose clock was stepped by 7.4 s moves no app's times, while apps hedge over it and back", () => {
  const partition = new Partition();
  for (let seq = 0; seq < 60; seq++) {
    const at = START + seq * 250;
    partition.tick(at).batch({ seq, t0: at, until: at + 20 }, at + 20, at + 20 + (seq % 2 === 0 ? 7400 : 0));
  }
  const fold = foldAll(begin(), partition.records);
  const counts = fold.takeCounts();
  expect(fold.takeFindings()).toEqual([]);
  expect(merged(counts)).toEqual(
    Object.fromEntries(Array.from({ length: 15 }, (_, second) => [`orders ${second}`, { n: 4, sum: 0, lost: 0 }])),
  );
  expect(counts.at(-1)).toMatchObject({ progress: START + 59 * 250, waits: [['shop#1', START + 59 * 250 + 20, START + 59 * 250 + 20]] });
});

test('a broker five minutes behind becomes leader: progress goes on and no event moves', () => {
  const partition = new Partition();
  for (let seq = 0; seq < 40; seq++) {
    const at = START + seq * 250;
    const brokerMs = seq < 20 ? 0 : -300_000;
    partition.tick(at, at + brokerMs).batch({ seq, t0: at, sent: at + 20 }, at + 20 + brokerMs, at + 20);
  }
  const fold = foldAll(begin(), partition.records);
  const counts = fold.takeCounts();
  expect(counts.at(-1)?.progress).toBe(START + 39 * 250);
  const expected = Array.from({ length: 10 }, (_, second) => [`orders ${second}`, { n: 4, sum: 0, lost: 0 }]);
  expect(merged(counts)).toEqual(Object.fromEntries(expected));
});
