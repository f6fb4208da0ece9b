import { expect, test } from 'vitest';
import { Journal } from '../../../alerting/delivery/journal.ts';
import { WriteBehind } from '../../../alerting/delivery/write-behind.ts';
import { journalRecord } from '../../../platform/topics/incidents.ts';
import { AlertingWorld, INCIDENT } from '../../support/alerting-world.ts';

const open = (world: AlertingWorld): Journal => new Journal(world);

test('the journal keeps every live incident and the newest of those that are over', async () => {
  const world = new AlertingWorld();
  const lines = Array.from({ length: 5000 }, (_, i) => {
    const incident = `inc-${i}`;
    return i % 10 === 0 ? [world.opened({ incident })] : [world.opened({ incident }), { ...world.resolved(), incident }];
  });
  await world.log.append(world.topics.incidents, lines.flat().map(journalRecord));
  const journal = open(world);
  await world.finish(journal.caughtUp());
  const known = [...journal.all()];
  expect(known.filter(({ is }) => is === 'open')).toHaveLength(500);
  expect(known.length).toBeLessThanOrEqual(500 + 2500);
  expect(journal.get('inc-4999').is).toBe('resolved');
  expect(journal.get('inc-1').is).toBe('unknown');
  await journal.stop();
});

test('waiting for the journal ends when the line was read, when time is up, or when it is given up', async () => {
  const world = new AlertingWorld();
  const journal = open(world);
  const opened = (): boolean => journal.get(INCIDENT).is === 'open';
  const inTime = journal.until(opened, 1000);
  const givenUp = new AbortController();
  const aborted = journal.until(opened, 1000, givenUp.signal);
  givenUp.abort();
  expect(await aborted).toBe(false);
  await world.clock.advance(500);
  await world.write(world.opened());
  expect(await inTime).toBe(true);
  const late = journal.until(() => false, 1000);
  await world.clock.advance(1000);
  expect(await late).toBe(false);
  expect(world.clock.timers).toBe(0);
  await journal.stop();
});

test('what must be written in the end is known at once, written when that can be, and lost only counted', async () => {
  const world = new AlertingWorld();
  const journal = open(world);
  const behind = new WriteBehind({ ...world, journal, wrote: () => undefined });
  world.log.failAppends(world.topics.incidents, Number.POSITIVE_INFINITY);
  behind.write(world.opened());
  expect(journal.get(INCIDENT).is).toBe('open');
  for (let i = 0; i < 10_000; i++) behind.write({ ...world.acknowledged(), incident: `inc-${i}` });
  const counted = world.told.filter(({ name, fields }) => name === 'appendFailed' && String(fields.error).includes('10,000 lines wait'));
  expect(counted).toHaveLength(1);
  world.log.failAppends(world.topics.incidents, 0);
  await world.clock.advance(2000);
  expect(world.journal).toHaveLength(10_000);
  await world.finish(behind.stop());
  await journal.stop();
});

test('a stop does not wait for ever for a journal that is away', async () => {
  const world = new AlertingWorld();
  const journal = open(world);
  const behind = new WriteBehind({ ...world, journal, wrote: () => undefined });
  world.log.failAppends(world.topics.incidents, Number.POSITIVE_INFINITY);
  behind.write(world.opened());
  const before = world.clock.monotonic();
  await world.finish(behind.stop());
  expect(world.clock.monotonic() - before).toBeLessThanOrEqual(3000);
  await journal.stop();
});
