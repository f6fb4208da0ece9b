import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DecideStep, HELD_UNSEEN } from '../../alerting/decide.ts';
import type { Positions, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import type { Topic } from '../../platform/topics/topic.ts';
import { sleep } from '../../platform/units/clock.ts';
import { AlertingWorld, ORDERS, PAYMENTS } from '../support/alerting-world.ts';
import { fall, signal, signals } from '../support/fall.ts';
import type { MemoryLog } from '../support/memory-log.ts';

let world: AlertingWorld;
let step: DecideStep;
beforeEach(() => {
  world = new AlertingWorld();
});
afterEach(() => step.stop());

const kinds = (): string[] => world.journal.map(({ kind }) => kind);

test('an incident is opened once, joined, and resolved when all of it has recovered', async () => {
  step = world.decide();
  await world.watch(5, { orders: 'normal', payments: 'normal' });
  await world.watch(3, { orders: 'dropped', payments: 'falling' });
  await world.watch(5, { orders: 'dropped', payments: 'dropped' });
  await world.watch(10, { orders: 'recovering', payments: 'dropped' });
  await world.watch(10, { orders: 'normal', payments: 'recovering' });
  await world.watch(2, { orders: 'normal', payments: 'normal' });
  expect(kinds()).toEqual(['opened', 'joined', 'recovered', 'recovered', 'resolved']);
  const [opened, joined, , , resolved] = world.journal;
  expect(opened).toMatchObject({ severity: 1, fell: { metric: 'orders', producers: 15 } });
  expect(joined).toMatchObject({ fell: { metric: 'payments' } });
  expect(resolved).toMatchObject({ reason: 'orders and payments recovered', missing: 73 * 21 });
  expect(world.told.filter(({ name }) => name === 'incidentOpened')).toHaveLength(1);
});

test('a metric that may wake nobody opens an incident of severity 2', async () => {
  step = world.decide();
  await world.watch(2, { searches: 'dropped' });
  expect(world.journal).toMatchObject([{ kind: 'opened', severity: 2 }]);
});

test('of two words about one second the first counts that is neither warming nor blind', async () => {
  step = world.decide();
  const second = world.second;
  await world.tell(second, { orders: 'blind' });
  await world.tell(second, { orders: 'warming' });
  await world.tell(second, { orders: 'dropped' });
  await world.tell(second, { orders: 'normal' });
  expect(kinds()).toEqual(['opened']);
  await world.tell(second, { payments: 'normal' });
  await world.tell(second, { payments: 'dropped' });
  expect(kinds()).toEqual(['opened']);
});

test('blind and warming seconds neither open nor end anything', async () => {
  step = world.decide();
  await world.watch(2, { orders: 'dropped' });
  await world.watch(30, { orders: 'blind' });
  await world.watch(30, { orders: 'warming' });
  expect(kinds()).toEqual(['opened']);
});

test('that no app speaks is told with the fall', async () => {
  step = world.decide();
  await world.tell(world.second, { orders: 'dropped' }, { silent: ['web-1#x'], noneSpeaksSince: world.clock.wall() - 3000 });
  expect(world.journal).toMatchObject([{ fell: { silent: ['web-1#x'], noneSpeaksSince: world.clock.wall() - 3000 } }]);
});

describe('after a restart', () => {
  test('a fall that is known and still lasts changes nothing', async () => {
    step = world.decide();
    await world.watch(5, { orders: 'dropped' });
    await step.stop();
    step = world.decide();
    await world.watch(5, { orders: 'dropped' });
    expect(kinds()).toEqual(['opened']);
    await world.watch(2, { orders: 'normal' });
    expect(kinds()).toEqual(['opened', 'recovered', 'resolved']);
  });

  test('an incident that is over is not opened again from the signals read again', async () => {
    step = world.decide();
    await world.watch(5, { orders: 'normal' });
    await world.watch(5, { orders: 'dropped' });
    await world.watch(5, { orders: 'normal' });
    const before = world.lines;
    for (let i = 0; i < 3; i++) {
      await step.stop();
      step = world.decide();
      await world.watch(3, { orders: 'normal' });
    }
    expect(world.lines).toEqual(before);
  });

  test('a fall that was not seen and still lasts is told late, with its true start', async () => {
    const from = world.second;
    await world.watch(300, { orders: 'dropped' });
    step = world.decide();
    await world.watch(2, { orders: 'dropped' });
    expect(world.journal).toMatchObject([{ kind: 'opened', second: from, fell: { at: from } }]);
    expect(world.journal[0]).not.toHaveProperty('held');
  });

  test('a fall that began and ended unseen is journalled, and held', async () => {
    await world.watch(20, { orders: 'dropped' });
    await world.watch(200, { orders: 'normal' });
    step = world.decide();
    await world.watch(2, { orders: 'normal' });
    expect(kinds()).toEqual(['opened', 'recovered', 'resolved']);
    expect(world.journal[0]).toMatchObject({ held: HELD_UNSEEN });
  });

  test('an old fall after which the detectors say nothing more is told: nobody knows that it is over', async () => {
    await world.watch(20, { orders: 'dropped' });
    await world.clock.advance(120_000);
    step = world.decide();
    await world.clock.advance(4000);
    expect(kinds()).toEqual([]);
    await world.clock.advance(3000);
    expect(kinds()).toEqual(['opened']);
    expect(world.journal[0]).not.toHaveProperty('held');
  });

  test('nothing is decided before the journal was read to its end', async () => {
    step = world.decide();
    await world.watch(5, { orders: 'dropped' });
    await step.stop();
    step = world.decide(undefined, slowToRead(world.log, world.topics.incidents, 3000));
    await world.watch(2, { orders: 'dropped' });
    await world.watch(5, { orders: 'dropped' });
    expect(kinds()).toEqual(['opened']);
  });
});

/** A topic that is so long that reading it takes a while. */
function slowToRead(log: MemoryLog, slow: Topic, delayMs: number): MemoryLog {
  const slowly = (handle: Parameters<MemoryLog['read']>[2]) => async (records: readonly StoredRecord[]) => {
    await sleep(world.clock, delayMs);
    await handle(records);
  };
  const another = log.another();
  return Object.assign(Object.create(another) as MemoryLog, {
    append: another.append.bind(another),
    positionsAt: another.positionsAt.bind(another),
    read: (topic: Topic, positions: Positions, handle: Parameters<MemoryLog['read']>[2]) =>
      another.read(topic, positions, topic === slow ? slowly(handle) : handle),
  });
}

describe('a metric', () => {
  test('taken out of the YAML ends its incident', async () => {
    step = world.decide();
    await world.watch(3, { orders: 'dropped' });
    step.retune({ metrics: [PAYMENTS] });
    await world.watch(2, { orders: 'dropped' });
    expect(world.journal.at(-1)).toMatchObject({ kind: 'resolved', reason: 'orders is no longer watched as before' });
    expect(kinds()).toEqual(['opened', 'resolved']);
  });

  test('whose threshold alone changed keeps its incident', async () => {
    step = world.decide();
    await world.watch(3, { orders: 'dropped' });
    step.retune({ metrics: [{ ...ORDERS }, PAYMENTS] });
    await world.watch(3, { orders: 'dropped' });
    expect(kinds()).toEqual(['opened']);
  });
});

describe('when the event log fails', () => {
  test('what was decided is written once it takes records again', async () => {
    step = world.decide();
    await world.watch(2, { orders: 'normal' });
    world.log.failAppends(world.topics.incidents, 4);
    await world.watch(5, { orders: 'dropped' });
    expect(kinds()).toEqual(['opened']);
  });

  test('a record that cannot be read hides nothing behind it', async () => {
    step = world.decide();
    await world.log.append(world.topics.signals, [{ key: 'x', value: '{"signals":', partition: 0 }]);
    await world.log.append(world.topics.incidents, [{ key: 'x', value: 'null', partition: 0 }]);
    await world.watch(2, { orders: 'dropped' });
    expect(kinds().filter(Boolean)).toContain('opened');
    expect(world.told.filter(({ name }) => name === 'stepFailed').length).toBeGreaterThanOrEqual(2);
  });
});

test('twins that read the same signals write lines that say the same', async () => {
  step = world.decide();
  const twin = world.decide(undefined, world.log.another(), 'b');
  await world.watch(3, { orders: 'dropped' });
  await world.watch(2, { orders: 'normal' });
  await twin.stop();
  expect(new Set(world.journal.map(({ incident }) => incident)).size).toBe(1);
});

test('two metrics decided out of one record are one incident', async () => {
  step = world.decide();
  const { second } = world;
  const both = [signal('orders', 'dropped', { fall: fall(second) }), signal('payments', 'dropped', { fall: fall(second) })];
  await world.log.append(world.topics.signals, [signalsRecord(signals(second, both))]);
  await world.clock.advance(10);
  expect(kinds()).toEqual(['opened', 'joined']);
});
