import { expect, test } from 'vitest';
import { acknowledge, incidentNow } from '../../../alerting/delivery/acknowledge.ts';
import type { Reader } from '../../../platform/eventlog/eventlog.ts';
import { AlertingWorld, INCIDENT } from '../../support/alerting-world.ts';

const acknowledging = (world: AlertingWorld) => ({ log: world.log, topics: world.topics, clock: world.clock, by: 'api' });

test('an open incident is in the hand of who says so, once', async () => {
  const world = new AlertingWorld();
  await world.write(world.opened());
  const first = await world.finish(acknowledge(acknowledging(world), INCIDENT, 'ana', 'dashboard'));
  expect(first).toMatchObject({ kind: 'done', incident: { is: 'acknowledged', inHand: { person: 'ana', via: 'dashboard' } } });
  const second = await world.finish(acknowledge(acknowledging(world), INCIDENT, 'bo', 'link'));
  expect(second).toMatchObject({ kind: 'already', inHand: { person: 'ana' } });
  expect(world.lines).toEqual(['opened', 'acknowledged']);
  await expect(world.finish(incidentNow(world, INCIDENT))).resolves.toMatchObject({ is: 'acknowledged' });
});

test('of two who say so at the same moment one has it, and the other is told who', async () => {
  const world = new AlertingWorld({ latencyMs: 10 });
  await world.write(world.opened());
  const both = Promise.all(['ana', 'bo'].map((person) => acknowledge(acknowledging(world), INCIDENT, person, 'link')));
  const [ana, bo] = await world.finish(both);
  expect([ana?.kind, bo?.kind].sort()).toEqual(['already', 'done']);
  const loser = ana?.kind === 'already' ? ana : bo;
  expect(loser).toMatchObject({ inHand: { person: ana?.kind === 'done' ? 'ana' : 'bo' } });
});

test('what is over or was never there cannot be taken in hand', async () => {
  const world = new AlertingWorld();
  await world.write(world.opened(), world.resolved());
  await expect(world.finish(acknowledge(acknowledging(world), INCIDENT, 'ana', 'link'))).resolves.toMatchObject({ kind: 'over' });
  await expect(world.finish(acknowledge(acknowledging(world), 'inc-none', 'ana', 'link'))).resolves.toMatchObject({ kind: 'unknown' });
  expect(world.lines).toEqual(['opened', 'resolved']);
});

test('a journal that takes nothing is an error, and leaves nobody believing that they have it', async () => {
  const world = new AlertingWorld();
  await world.write(world.opened());
  world.log.failAppends(world.topics.incidents, 1);
  await expect(world.finish(acknowledge(acknowledging(world), INCIDENT, 'ana', 'link'))).rejects.toThrow();
  expect(world.lines).toEqual(['opened']);
});

test('a journal that cannot be read is an error within seconds, and nobody waits for ever', async () => {
  const world = new AlertingWorld();
  // As over Kafka, where a reader asks until the partition has a leader.
  const reader: Reader = { caughtUp: () => new Promise(() => undefined), stop: async () => undefined };
  const deaf = { ...acknowledging(world), log: Object.assign(world.log.another(), { read: () => reader }) };
  const asked = Promise.allSettled([acknowledge(deaf, INCIDENT, 'ana', 'link'), incidentNow(deaf, INCIDENT)]);
  const before = world.clock.monotonic();
  expect((await world.finish(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(world.clock.monotonic() - before).toBeLessThan(10_000);
});
