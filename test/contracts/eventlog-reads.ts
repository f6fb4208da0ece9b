/** The part of the event log's contract that concerns reading. */
import { expect, test } from 'vitest';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { type Open, of, record } from './eventlog-world.ts';

export function reads(world: Open): void {
  test('hands a waiting reader what is appended, as it comes', async () => {
    const { log, topic, until } = await world();
    const seen: string[] = [];
    const reader = log.read(topic, new Map(), (records) => void seen.push(...records.map(({ value }) => value)));
    await reader.caughtUp();
    expect(seen).toEqual([]);
    for (const value of ['first', 'second', 'third']) {
      await log.append(topic, [record('k', value)]);
      await until(() => seen.includes(value));
    }
    expect(seen).toEqual(['first', 'second', 'third']);
  });

  test('reads only the partitions that were asked for, and waits for no others', async () => {
    const { log, topic, until } = await world();
    const write = (value: string) => log.append(topic, [record('k', value, 0), record('k', value, 1), record('k', value, 2)]);
    await write('before');
    const seen: StoredRecord[] = [];
    const reader = log.read(topic, new Map([[2, 1]]), (records) => void seen.push(...records), [1, 2]);
    await reader.caughtUp();
    expect(seen.map(({ partition, value }) => `${partition} ${value}`)).toEqual(['1 before']);
    await write('after');
    await until(() => seen.length === 3);
    expect(
      seen
        .slice(1)
        .map(({ partition }) => partition)
        .sort(),
    ).toEqual([1, 2]);
  });

  test('reads on from the positions given, and from the oldest where none is', async () => {
    const { log, topic } = await world();
    for (let i = 0; i < 6; i++) await log.append(topic, [record('k', `${i}`, 0), record('k', `${i}`, 1), record('k', `${i}`, 2)]);
    const seen: StoredRecord[] = [];
    const positions = new Map([
      [0, 4],
      [2, 6],
    ]);
    const reader = log.read(topic, positions, (records) => void seen.push(...records));
    await reader.caughtUp();
    expect(of(seen, 0).map(({ offset }) => offset)).toEqual([4, 5]);
    expect(of(seen, 1).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of(seen, 2)).toEqual([]);
  });

  test('waits where a position is beyond the end', async () => {
    const { log, topic, until } = await world();
    await log.append(topic, [record('k', '0', 0)]);
    const seen: string[] = [];
    log.read(topic, new Map([[0, 3]]), (records) => void seen.push(...records.map(({ value }) => value)));
    for (const value of ['1', '2', '3', '4']) await log.append(topic, [record('k', value, 0)]);
    await until(() => seen.includes('4'));
    expect(seen).toEqual(['3', '4']);
  });
}

export function handlers(world: Open): void {
  test('lets readers be: each has its own place', async () => {
    const { log, topic, until } = await world();
    const fast: string[] = [];
    const slow: string[] = [];
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    log.read(topic, new Map(), (records) => void fast.push(...records.map(({ value }) => value)));
    log.read(topic, new Map(), async (records) => {
      await gate;
      slow.push(...records.map(({ value }) => value));
    });
    for (let i = 0; i < 10; i++) await log.append(topic, [record('k', `${i}`)]);
    await until(() => fast.length === 10);
    expect(slow).toEqual([]);
    go();
    await until(() => slow.length === 10);
    expect(slow).toEqual(fast);
  });

  test('calls the handler of a reader again only when it has ended', async () => {
    const { log, topic } = await world();
    let running = 0;
    let most = 0;
    let seen = 0;
    const reader = log.read(topic, new Map(), async (records) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      seen += records.length;
      running--;
    });
    await Promise.all(Array.from({ length: 60 }, (_, i) => log.append(topic, [record(`k${i}`, `${i}`)])));
    await reader.caughtUp();
    expect({ most, seen }).toEqual({ most: 1, seen: 60 });
  });

  test('hands the same records again to a handler that failed, and skips nothing', async () => {
    const { log, topic, until } = await world();
    await log.append(topic, [record('k', 'a', 0), record('k', 'b', 0)]);
    const seen: string[] = [];
    const calls: string[][] = [];
    log.read(topic, new Map(), (records) => {
      const values = records.map(({ value }) => value);
      calls.push(values);
      if (calls.length <= 2) throw new Error('not yet');
      seen.push(...values);
    });
    await until(() => calls.length >= 1);
    await log.append(topic, [record('k', 'c', 0)]);
    await until(() => seen.includes('c'));
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[2]).toEqual(calls[0]);
  });
}

export function endsOfReading(world: Open): void {
  test('is caught up when all that was there is handled, not when it was fetched', async () => {
    const { log, topic, pass } = await world();
    for (let i = 0; i < 30; i++) await log.append(topic, [record(`k${i}`, `${i}`)]);
    let handled = 0;
    const reader = log.read(topic, new Map(), async (records) => {
      await Promise.resolve();
      handled += records.length;
    });
    const caughtUp = reader.caughtUp();
    await pass(20);
    await caughtUp;
    expect(handled).toBe(30);
  });

  test('is caught up at once where there is nothing to read', async () => {
    const { log, topic } = await world();
    await log.read(topic, new Map(), () => {}).caughtUp();
    await log.append(topic, [record('k', 'v', 0)]);
    await log.read(topic, new Map([[0, 1]]), () => {}).caughtUp();
  });

  test('tells who waits for a reader that was stopped', async () => {
    const { log, topic } = await world();
    await log.append(topic, [record('k', 'v')]);
    const reader = log.read(topic, new Map(), () => {});
    const waiting = reader.caughtUp();
    const refused = expect(waiting).rejects.toThrow(/stopped/);
    void reader.stop();
    await refused;
    await expect(reader.caughtUp()).rejects.toThrow(/stopped/);
  });

  test('ends a reader after the handler in flight', async () => {
    const { log, topic, until } = await world();
    let begun = 0;
    let ended = 0;
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const reader = log.read(topic, new Map(), async () => {
      begun++;
      await gate;
      ended++;
    });
    await log.append(topic, [record('k', 'a', 0)]);
    await until(() => begun === 1);
    const stopped = reader.stop();
    await log.append(topic, [record('k', 'b', 0), record('k', 'c', 1)]);
    expect(ended).toBe(0);
    go();
    await stopped;
    expect({ begun, ended }).toEqual({ begun: 1, ended: 1 });
    await reader.stop();
  });

  test('ends a reader whose handler keeps failing', async () => {
    const { log, topic, until } = await world();
    await log.append(topic, [record('k', 'a')]);
    let calls = 0;
    const reader = log.read(topic, new Map(), () => {
      calls++;
      throw new Error('never');
    });
    await until(() => calls > 0);
    await reader.stop();
  });
}
