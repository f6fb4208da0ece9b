import { afterEach, describe, expect, test } from 'vitest';
import type { PageStep } from '../../alerting/page.ts';
import { type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import { AlertingWorld } from '../support/alerting-world.ts';
import { failed, SENT } from '../support/people.ts';

let running: { world: AlertingWorld; step: PageStep }[] = [];
afterEach(async () => {
  for (const { world, step } of running) await world.finish(step.stop());
  running = [];
});

function start(world: AlertingWorld, ...how: Parameters<AlertingWorld['page']>): PageStep {
  const step = world.page(...how);
  running.push({ world, step });
  return step;
}

describe('a journal that does not answer', () => {
  test('holds up a page for no more than a second, and does not make it come twice', async () => {
    const world = new AlertingWorld({ latencyMs: 20 });
    start(world);
    await world.clock.advance(100);
    const opening = world.log.append(world.topics.incidents, [journalRecord(world.opened())]);
    await world.clock.advance(15);
    world.log.hold(world.topics.incidents);
    await world.clock.advance(980);
    expect(world.email.tried).toEqual([]);
    await world.clock.advance(20);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.clock.advance(60_000);
    world.log.release(world.topics.incidents);
    await opening;
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.lines).toContain('sent ana page-0 email 1');
  });

  test('because it takes no records is told of the page once it does', async () => {
    const world = new AlertingWorld({ latencyMs: 20 });
    start(world);
    await world.clock.advance(100);
    const opening = world.log.append(world.topics.incidents, [journalRecord(world.opened())]);
    await world.clock.advance(1);
    world.log.failAppends(world.topics.incidents, Number.POSITIVE_INFINITY);
    await world.clock.advance(120_000);
    await opening;
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.lines).toEqual(['opened']);
    world.log.failAppends(world.topics.incidents, 0);
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.lines).toContain('sent ana page-0 email 1');
  });
});

describe('a process that stood still for two hours after `intended`', () => {
  async function frozen(world: AlertingWorld, meanwhile?: JournalLine): Promise<void> {
    start(world);
    await world.clock.advance(100);
    void world.log.append(world.topics.incidents, [journalRecord(world.opened())]);
    await world.clock.advance(12);
    if (meanwhile) void world.log.another().append(world.topics.incidents, [journalRecord(meanwhile)]);
    await world.clock.freeze(7_200_000);
  }

  test('sends nothing on what it had decided before: it is over meanwhile', async () => {
    const world = new AlertingWorld({ latencyMs: 20 });
    await frozen(world, world.resolved());
    await world.clock.advance(600_000);
    expect(world.email.tried).toEqual([]);
  });

  test('decides anew and pages where nobody has it yet', async () => {
    const world = new AlertingWorld({ latencyMs: 20 });
    await frozen(world);
    expect(world.email.tried).toEqual([]);
    await world.clock.advance(6000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.email.arrived[0]?.message.repeat).toBe(true);
  });
});

describe('two replicas', () => {
  test('page once the mail server is back that was away for 9 s, though each finds the other first in the journal', async () => {
    const world = new AlertingWorld({ latencyMs: 7 });
    world.email.behave(() => (world.clock.monotonic() < 9000 ? failed(true) : SENT));
    start(world, world.log.another(), 'a');
    start(world, world.log.another(), 'b');
    await world.write(world.opened());
    await world.clock.advance(20_000);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('send one page, one word that it is over, and no retry twice', async () => {
    const world = new AlertingWorld({ latencyMs: 7 });
    world.email.behave((_message, nth) => (nth <= 3 ? failed(true) : SENT));
    start(world, world.log.another(), 'a');
    start(world, world.log.another(), 'b');
    await world.write(world.opened());
    await world.clock.advance(120_000);
    expect(world.email.tried).toHaveLength(4);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.write(world.resolved());
    await world.clock.advance(120_000);
    expect(world.email.log).toEqual(['ana page-0', 'ana resolved-0']);
    expect(world.console.log).toEqual(['this terminal page-0', 'this terminal resolved-0']);
  });
});
