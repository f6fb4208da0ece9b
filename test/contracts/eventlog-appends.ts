/** The part of the event log's contract that concerns appending. */
import { expect, test } from 'vitest';
import { partitionOf } from '../../platform/topics/topic.ts';
import { all, type Open, of, PARTITIONS, record } from './eventlog-world.ts';

export function appends(world: Open): void {
  test('says where each record went, in the order given', async () => {
    const { log, topic } = await world();
    const given = Array.from({ length: 30 }, (_, i) => record(`key-${i}`, `value ${i}`));
    const appended = await log.append(topic, given);
    const stored = await all(log, topic);
    expect(stored).toHaveLength(30);
    appended.forEach(({ partition, offset }, i) => {
      const there = stored.find((one) => one.partition === partition && one.offset === offset);
      expect(there).toMatchObject({ key: `key-${i}`, value: `value ${i}` });
    });
  });

  test('puts a key always into the same partition, unless the record names one', async () => {
    const { log, topic } = await world();
    await log.append(topic, [record('shop-1', 'a'), record('shop-1', 'b'), record('shop-2', 'c'), record('shop-1', 'd', 2)]);
    const stored = await all(log, topic);
    for (const one of stored.filter(({ value }) => value !== 'd')) expect(one.partition).toBe(partitionOf(one.key, PARTITIONS.length));
    expect(stored.find(({ value }) => value === 'd')?.partition).toBe(2);
  });

  test('counts the offsets of a partition up from 0', async () => {
    const { log, topic } = await world();
    for (let i = 0; i < 10; i++) await log.append(topic, [record('k', `${i}`, 0), record('k', `${i}`, 1)]);
    const stored = await all(log, topic);
    for (const partition of [0, 1]) expect(of(stored, partition).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('gives back exactly what was appended, whatever the text and the headers', async () => {
    const { log, topic } = await world();
    const texts = ['', 'plain', 'Grüße, 日本, 🐘', '{"a":"\\u0000\\n"}', '\u0000\u0001\ufffe', 'x'.repeat(300_000)];
    const headers = { 'content-type': 'application/json', ce_id: 'ü', empty: '' };
    await log.append(
      topic,
      texts.map((value, i) => ({ key: `ключ ${i}`, value, headers: i % 2 === 0 ? headers : {}, partition: 1 })),
    );
    await log.append(topic, [{ key: '', value: 'no headers', partition: 1 }]);
    const stored = await all(log, topic);
    expect(stored.map(({ value }) => value)).toEqual([...texts, 'no headers']);
    expect(stored.map(({ key }) => key)).toEqual([...texts.map((_, i) => `ключ ${i}`), '']);
    expect(stored.map((one) => ({ ...one.headers }))).toEqual([...texts.map((_, i) => (i % 2 === 0 ? headers : {})), {}]);
  });
}

export function orderOfAppends(world: Open): void {
  test('keeps the order of each of many appenders at once', async () => {
    const { log, topic } = await world();
    const appenders = Array.from({ length: 20 }, async (_, appender) => {
      for (let i = 0; i < 25; i++) await log.append(topic, [record(`appender-${appender}`, `${i}`)]);
    });
    await Promise.all(appenders);
    const stored = await all(log, topic);
    expect(stored).toHaveLength(500);
    for (let appender = 0; appender < 20; appender++) {
      const own = stored.filter(({ key }) => key === `appender-${appender}`).map(({ value }) => Number(value));
      expect(own).toEqual(Array.from({ length: 25 }, (_, i) => i));
    }
  });

  test('appends in the order of the calls when nobody waits for the one before', async () => {
    const { log, topic } = await world();
    await Promise.all(Array.from({ length: 200 }, (_, i) => log.append(topic, [record('k', `${i}`, 0)])));
    expect((await all(log, topic)).map(({ value }) => Number(value))).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('takes thousands of records in one append', async () => {
    const { log, topic } = await world();
    await log.append(
      topic,
      Array.from({ length: 6_000 }, (_, i) => record(`k${i}`, `${i}`, i % 3)),
    );
    const stored = await all(log, topic);
    for (const partition of PARTITIONS) {
      const expected = Array.from({ length: 2_000 }, (_, i) => `${i * 3 + partition}`);
      expect(of(stored, partition).map(({ value }) => value)).toEqual(expected);
    }
  });
}

export function oddAppends(world: Open): void {
  test('takes an append of nothing', async () => {
    const { log, topic } = await world();
    expect(await log.append(topic, [])).toEqual([]);
    expect(await all(log, topic)).toEqual([]);
  });

  test('refuses a record that is too large, and a partition that there is not, and goes on', async () => {
    const { log, topic } = await world();
    await expect(log.append(topic, [record('k', 'x'.repeat(9 * 1024 * 1024))])).rejects.toThrow(/larger/);
    await expect(log.append(topic, [record('k', 'v', 3)])).rejects.toThrow(/partitions 0 to 2/);
    await log.append(topic, [record('k', 'fine', 0)]);
    expect((await all(log, topic)).map(({ value }) => value)).toEqual(['fine']);
  });

  test('stamps records with a time that never goes back within a partition', async () => {
    const { log, topic, pass } = await world();
    for (let i = 0; i < 20; i++) {
      await log.append(topic, [record('k', `${i}`, i % 3)]);
      await pass(3);
    }
    const stored = await all(log, topic);
    for (const partition of PARTITIONS) {
      const times = of(stored, partition).map(({ appendedAt }) => appendedAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    const times = stored.map(({ appendedAt }) => appendedAt);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(30);
  });
}
