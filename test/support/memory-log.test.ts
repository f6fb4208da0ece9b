/** What a simulation asks of the event log on arrays, beyond the contract that it keeps. */
import { expect, test } from 'vitest';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Topic } from '../../platform/topics/topic.ts';
import { ManualClock, settled } from './clock.ts';
import { memoryLog } from './memory-log.ts';

const TOPIC: Topic = { name: 'events', partitions: 3, keeps: 3_600_000 };
const record = (value: string, partition = 0) => ({ key: 'k', value, partition });

test('a partition that is held takes nothing and gives nothing, while the others go on', async () => {
  const log = memoryLog({ clock: new ManualClock() });
  const seen: string[] = [];
  const heard: string[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void seen.push(...records.map(({ value }) => value)));
  log.hold(TOPIC, 1);
  for (const value of ['held 1', 'held 2']) void log.append(TOPIC, [record(value, 1)]).then(() => heard.push(value));
  await log.append(TOPIC, [record('free', 0)]);
  await settled();
  expect({ seen, heard }).toEqual({ seen: ['free'], heard: [] });
  expect(await log.check()).toMatchObject({ ok: false, reason: expect.stringContaining('events/1') });
  log.release(TOPIC, 1);
  void log.append(TOPIC, [record('after', 1)]);
  await settled();
  await reader.caughtUp();
  expect(seen).toEqual(['free', 'held 1', 'held 2', 'after']);
  expect(heard).toEqual(['held 1', 'held 2']);
  expect(await log.check()).toEqual({ ok: true, reason: '' });
});

test('who waits for a reader to catch up waits for a held partition too', async () => {
  const log = memoryLog({ clock: new ManualClock() });
  let caughtUp = false;
  log.hold(TOPIC, 2);
  const reader = log.read(TOPIC, new Map(), () => {});
  await reader.caughtUp();
  log.release(TOPIC, 2);
  await log.append(TOPIC, [record('v', 2)]);
  await settled();
  const late = log.read(TOPIC, new Map(), () => {});
  log.hold(TOPIC, 2);
  log.release(TOPIC, 2);
  void late.caughtUp().then(() => {
    caughtUp = true;
  });
  await settled();
  expect(caughtUp).toBe(true);
});

test('appends are refused as often as asked for', async () => {
  const log = memoryLog({ clock: new ManualClock() });
  log.failAppends(TOPIC, 2, 'no room');
  await expect(log.append(TOPIC, [record('a')])).rejects.toThrow('no room');
  await expect(log.another().append(TOPIC, [record('b')])).rejects.toThrow('no room');
  await log.append(TOPIC, [record('c')]);
  expect(log.records(TOPIC, 0).map(({ value }) => value)).toEqual(['c']);
});

test('a killed handle hears nothing more and is answered nothing more; what it had under way is there or not', async () => {
  const clock = new ManualClock();
  const log = memoryLog({ clock, latencyMs: 10 });
  const survivor = log.another();
  const heard: string[] = [];
  const seen: string[] = [];
  log.read(TOPIC, new Map(), (records) => void heard.push(...records.map(({ value }) => value)));
  survivor.read(TOPIC, new Map(), (records) => void seen.push(...records.map(({ value }) => value)));
  void log.append(TOPIC, [record('there, never acknowledged')]).then(() => heard.push('acknowledged'));
  await clock.advance(6);
  expect(heard).toEqual(['there, never acknowledged']);
  void log.append(TOPIC, [record('not there')]).then(() => heard.push('acknowledged'));
  log.kill();
  await clock.advance(100);
  void survivor.append(TOPIC, [record('by the survivor')]);
  await clock.advance(100);
  expect(heard).toEqual(['there, never acknowledged']);
  expect(seen).toEqual(['there, never acknowledged', 'by the survivor']);
});

test('an hour of traffic runs in one process, the same each time, and keeps no more than the topic does', async () => {
  const run = async (): Promise<string> => {
    const clock = new ManualClock();
    const log = memoryLog({ clock, latencyMs: 2 });
    const short: Topic = { name: 'events', partitions: 3, keeps: 600_000 };
    let digest = 0;
    let count = 0;
    log.read(short, new Map(), (records: readonly StoredRecord[]) => {
      for (const { partition, offset, appendedAt } of records)
        digest = (Math.imul(digest, 31) + partition * 7 + offset * 13 + appendedAt) | 0;
      count += records.length;
    });
    for (let second = 0; second < 3_600; second++) {
      for (let i = 0; i < 40; i++) void log.append(short, [{ key: `key-${(second * 7 + i) % 50}`, value: `${second}/${i}` }]);
      await clock.advance(1_000);
    }
    const kept = [0, 1, 2].map((partition) => log.records(short, partition).length).reduce((sum, length) => sum + length);
    expect(kept).toBeLessThanOrEqual(40 * 601);
    expect(kept).toBeGreaterThanOrEqual(40 * 599);
    await log.close();
    expect(clock.timers).toBe(0);
    return `${count} ${digest}`;
  };
  const first = await run();
  expect(first).toMatch(/^144000 /);
  expect(await run()).toBe(first);
}, 30_000);
