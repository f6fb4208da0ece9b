/** What every event log means, whatever carries it: the same cases over files, arrays and Kafka, with three partitions. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Topic } from '../../platform/topics/topic.ts';
import { appends, oddAppends, orderOfAppends } from './eventlog-appends.ts';
import { endsOfReading, handlers, reads } from './eventlog-reads.ts';
import { all, type EventLogWorld, type Open, of, PARTITIONS, record, type World } from './eventlog-world.ts';

/**
 * @param open  a log that holds the topics and nothing else; called once for each case
 */
export function eventLogContract(name: string, open: (topics: readonly Topic[]) => Promise<EventLogWorld>): void {
  let opened = 0;

  async function world(): Promise<World> {
    const own = `contract-${process.pid}-${opened++}`;
    const topic: Topic = { name: own, partitions: PARTITIONS.length, keeps: 3_600_000 };
    const compacted: Topic = { name: `${own}-compacted`, partitions: 1, keeps: 'compacted' };
    const opening = await open([topic, compacted]);
    onTestFinished(() => opening.end());
    const until = async (is: () => boolean): Promise<void> => {
      for (let tries = 0; !is(); tries++) {
        if (tries > 2_000) throw new Error('it did not come to pass');
        await opening.pass(5);
      }
    };
    return { ...opening, topic, compacted, until };
  }

  describe(name, () => {
    appends(world);
    orderOfAppends(world);
    oddAppends(world);
    reads(world);
    handlers(world);
    endsOfReading(world);
    positions(world);
    keeps(world);
  });
}

function positions(world: Open): void {
  test('says the offset that each partition gives next', async () => {
    const { log, topic } = await world();
    expect([...(await log.ends(topic))].toSorted()).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    await log.append(topic, [record('k', 'a', 1), record('k', 'b', 1), record('k', 'c', 2)]);
    expect([...(await log.ends(topic))].toSorted()).toEqual([
      [0, 0],
      [1, 2],
      [2, 1],
    ]);
  });

  test('finds the first record of a time', async () => {
    const { log, topic, pass } = await world();
    for (let i = 0; i < 12; i++) {
      await log.append(topic, [record('k', `${i}`, i % 2)]);
      await pass(4);
    }
    const stored = await all(log, topic);
    const times = [...new Set(stored.map(({ appendedAt }) => appendedAt))].toSorted((a, b) => a - b);
    for (const since of [0, ...times, (times.at(-1) as number) + 60_000]) {
      const found = await log.positionsAt(topic, since);
      for (const partition of PARTITIONS) {
        const own = of(stored, partition);
        expect(found.get(partition)).toBe(own.find(({ appendedAt }) => appendedAt >= since)?.offset ?? own.length);
      }
    }
  });
}

function keeps(world: Open): void {
  test('has everything after it was closed and opened again, and goes on counting', async () => {
    const { log, topic, reopen } = await world();
    for (let i = 0; i < 9; i++) await log.append(topic, [record('k', `${i}`, i % 3)]);
    const before = await all(log, topic);
    const again = await reopen();
    const byPlace = (a: StoredRecord, b: StoredRecord): number => a.partition - b.partition || a.offset - b.offset;
    expect((await all(again, topic)).toSorted(byPlace)).toEqual(before.toSorted(byPlace));
    expect(await again.append(topic, [record('k', 'next', 1)])).toEqual([{ partition: 1, offset: 3 }]);
    const times = of(await all(again, topic), 1).map(({ appendedAt }) => appendedAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    await expect(log.append(topic, [record('k', 'v')])).rejects.toThrow(/closed/);
  });

  test('keeps the newest record of each key of a compacted topic, under its offset', async () => {
    const { log, compacted, reopen, pass } = await world();
    const newest = new Map<string, { offset: number; value: string }>();
    for (let round = 0; round < 60; round++) {
      const given = Array.from({ length: 100 }, (_, i) => record(`key-${(i * 7 + round) % 40}`, `${round}/${i} ${'.'.repeat(400)}`));
      const appended = await log.append(compacted, given);
      for (const [i, { key, value }] of given.entries()) newest.set(key, { offset: appended[i]?.offset as number, value });
    }
    await pass(100);
    const before = await all(log, compacted);
    const after = await all(await reopen(), compacted);
    for (const stored of [before, after]) {
      expect(new Map(stored.map(({ key, offset, value }) => [key, { offset, value }]))).toEqual(newest);
      const offsets = stored.map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }
  });

  test('says that it is well', async () => {
    const { log } = await world();
    expect(await log.check()).toEqual({ ok: true, reason: '' });
  });
}
