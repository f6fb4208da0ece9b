import { afterEach, describe, expect, test } from 'vitest';
import type { PageStep } from '../../alerting/page.ts';
import { decodeAlive, type Replica } from '../../platform/topics/config.ts';
import { AlertingWorld } from '../support/alerting-world.ts';
import { MortalClock } from '../support/mortal-clock.ts';
import { failed, SENT } from '../support/people.ts';

let running: { world: AlertingWorld; step: PageStep }[] = [];
afterEach(async () => {
  for (const { world, step } of running) await world.finish(step.stop());
  running = [];
});

function start(world: AlertingWorld, by: string, replica: Replica = by.startsWith('b') ? 'b' : 'a') {
  const [log, clock] = [world.log.another(), new MortalClock(world.clock)];
  const step = world.page(log, by, replica, clock);
  running.push({ world, step });
  const kill = (): void => {
    running = running.filter((other) => other.step !== step);
    clock.kill();
    log.kill();
  };
  return { kill };
}

const intendedBy = (world: AlertingWorld): string[] =>
  world.journal.flatMap((line) => (line.kind === 'intended' && line.way === 'email' ? [`${line.by} ${line.try}`] : []));

describe('of two replicas', () => {
  test('a sends at once, and b nothing', async () => {
    const world = new AlertingWorld({ latencyMs: 5 });
    start(world, 'a-1');
    start(world, 'b-1');
    await world.write(world.opened());
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(intendedBy(world)).toEqual(['a-1 1']);
    await world.write(world.resolved());
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0', 'ana resolved-0']);
    expect(intendedBy(world)).toEqual(['a-1 1', 'a-1 1']);
  });

  test('b sends two seconds later what a has not begun', async () => {
    const world = new AlertingWorld();
    start(world, 'b-1');
    await world.clock.advance(1000);
    await world.write(world.opened());
    await world.clock.advance(1900);
    expect(world.email.tried).toEqual([]);
    await world.clock.advance(200);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.write(world.resolved());
    await world.clock.advance(1900);
    expect(world.email.log).toHaveLength(1);
    await world.clock.advance(200);
    expect(world.email.log).toEqual(['ana page-0', 'ana resolved-0']);
  });

  test('b leaves an open try of a alone for five seconds, then takes it up as a possible repeat', async () => {
    const world = new AlertingWorld();
    const { kill } = start(world, 'a-1');
    world.email.behave(() => 'hang');
    await world.clock.advance(1000);
    await world.write(world.opened());
    await world.clock.advance(500);
    kill();
    start(world, 'b-1');
    world.email.behave(() => SENT);
    await world.clock.advance(4900);
    expect(world.email.arrived).toEqual([]);
    await world.clock.advance(200);
    expect(world.email.arrived.map(({ message }) => message.repeat)).toEqual([true]);
    expect(intendedBy(world)).toEqual(['a-1 1', 'b-1 2']);
  });

  test('who failed tries again, and where that one is gone the other five seconds after it failed', async () => {
    const world = new AlertingWorld();
    const { kill } = start(world, 'a-1');
    start(world, 'b-1');
    world.email.behave((_message, nth) => (nth < 3 ? failed(true) : SENT));
    await world.clock.advance(1000);
    await world.write(world.opened());
    await world.clock.advance(3000);
    expect(intendedBy(world)).toEqual(['a-1 1', 'a-1 2']);
    kill();
    await world.clock.advance(20_000);
    expect(intendedBy(world).slice(2)).toEqual(['b-1 3']);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('a mail server that is away for nine seconds delays the page, and does not double it', async () => {
    const world = new AlertingWorld({ latencyMs: 5 });
    start(world, 'a-1');
    start(world, 'b-1');
    const backAt = world.clock.monotonic() + 10_000;
    world.email.behave(() => (world.clock.monotonic() < backAt ? failed(true) : SENT));
    await world.clock.advance(1000);
    await world.write(world.opened());
    await world.clock.advance(30_000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.email.tried.length).toBeGreaterThan(2);
  });

  test('clocks that are an hour apart double no page', async () => {
    const world = new AlertingWorld();
    start(world, 'a-1');
    await world.write({ ...world.opened(), at: world.clock.wall() - 3_600_000 });
    world.email.behave(() => 'hang');
    await world.clock.advance(500);
    world.clock.stepWall(3_600_000);
    start(world, 'b-1');
    await world.clock.advance(1000);
    expect(world.email.tried).toHaveLength(1);
  });
});

describe('two processes that were both started as a', () => {
  const aliveAs = (world: AlertingWorld, by: string): Replica | undefined =>
    world.log
      .records(world.topics.config, 0)
      .map(decodeAlive)
      .findLast((alive) => alive?.by === by)?.replica;

  test('become a and b: the later one turns, says so, and sends nothing', async () => {
    const world = new AlertingWorld({ latencyMs: 5 });
    start(world, 'a-1');
    await world.clock.advance(500);
    start(world, 'a-2', 'a');
    await world.clock.advance(4000);
    expect([aliveAs(world, 'a-1'), aliveAs(world, 'a-2')]).toEqual(['a', 'b']);
    expect(world.told.filter(({ name }) => name === 'replicaTurned').map(({ fields }) => fields)).toEqual([{ by: 'a-2', other: 'a-1' }]);
    await world.write(world.opened());
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(intendedBy(world)).toEqual(['a-1 1']);
  });

  test('stay what they are where one follows on the other', async () => {
    const world = new AlertingWorld({ latencyMs: 5 });
    const { kill } = start(world, 'a-1');
    await world.clock.advance(2002);
    kill();
    start(world, 'a-2', 'a');
    await world.clock.advance(5000);
    expect(aliveAs(world, 'a-2')).toBe('a');
    expect(world.told.filter(({ name }) => name === 'replicaTurned')).toEqual([]);
  });
});
