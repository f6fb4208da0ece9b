import { expect, test } from 'vitest';
import { startTicks } from '../../detectors/tick.ts';
import { type Fields, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { formOf, type Tick } from '../../platform/topics/events.ts';
import { topics } from '../../platform/topics/topic.ts';
import { ManualClock } from '../support/clock.ts';
import { memoryLog } from '../support/memory-log.ts';
import { START } from './counting/records.ts';

function world(): { clock: ManualClock; log: ReturnType<typeof memoryLog>; told: Fields[]; options: Parameters<typeof startTicks>[0] } {
  const clock = new ManualClock();
  const log = memoryLog({ clock });
  const told: Fields[] = [];
  const telemetry = telemetryTo((_, __, fields) => told.push(fields));
  return { clock, log, told, options: { clock, log, telemetry, topics: topics({ events: 3 }), writer: 'a' } };
}

test('each partition gets a tick four times a second, with its own steady time', async () => {
  const { clock, log, options } = world();
  const ticks = startTicks(options);
  await clock.advance(1000);
  await ticks.stop();
  for (const partition of [0, 1, 2]) {
    const records = log.records(options.topics.events, partition);
    expect(records.every(({ headers }) => formOf(headers) === 'tick')).toBe(true);
    const said = records.map(({ value }) => JSON.parse(value) as Tick);
    expect(said).toEqual([0, 250, 500, 750, 1000].map((ms) => ({ writer: 'a', at: START + ms })));
  }
  expect(clock.timers).toBe(0);
});

test('a step of the wall clock moves no tick', async () => {
  const { clock, log, options } = world();
  const ticks = startTicks(options);
  clock.stepWall(-3_600_000);
  await clock.advance(1000);
  await ticks.stop();
  const last = JSON.parse(log.records(options.topics.events, 0).at(-1)?.value as string) as Tick;
  expect(Math.abs(last.at - (START + 1000))).toBeLessThanOrEqual(10);
});

test('a partition whose appends hang holds up its own ticks only, has few under way, and goes on when it answers', async () => {
  const { clock, log, told, options } = world();
  const ticks = startTicks(options);
  log.hold(options.topics.events, 1);
  await clock.advance(10_000);
  expect(log.records(options.topics.events, 0)).toHaveLength(41);
  expect(log.records(options.topics.events, 1)).toHaveLength(0);
  expect(told[0]).toEqual({ topic: 'events', reason: 'partition 1 does not take ticks' });
  log.release(options.topics.events, 1);
  await clock.advance(1000);
  expect(log.records(options.topics.events, 1)).toHaveLength(8);
  await ticks.stop();
});

test('appends that are refused are told, and the next tick is tried', async () => {
  const { clock, log, told, options } = world();
  log.failAppends(options.topics.events, 3);
  const ticks = startTicks(options);
  await clock.advance(250);
  expect(told.map(({ topic, partition }) => [topic, partition])).toEqual([0, 1, 2].map((partition) => ['events', partition]));
  expect(log.records(options.topics.events, 2)).toHaveLength(1);
  await ticks.stop();
});

test('a process that stood still ticks once for what it missed, and then in its rhythm', async () => {
  const { clock, log, options } = world();
  const ticks = startTicks(options);
  await clock.advance(0);
  await clock.freeze(5000);
  expect(log.records(options.topics.events, 0)).toHaveLength(2);
  await clock.advance(250);
  expect(log.records(options.topics.events, 0)).toHaveLength(3);
  await ticks.stop();
});

test('stop waits for a hanging append no longer than half a second', async () => {
  const { clock, log, options } = world();
  log.hold(options.topics.events, 0);
  const ticks = startTicks(options);
  await clock.advance(100);
  const stopped = ticks.stop();
  await clock.advance(500);
  await stopped;
  expect(clock.timers).toBe(0);
});
