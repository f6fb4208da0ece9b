import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PageStep, startPage } from '../../alerting/page.ts';
import { journalRecord } from '../../platform/topics/incidents.ts';
import { sleep } from '../../platform/units/clock.ts';
import { AlertingWorld } from '../support/alerting-world.ts';
import { MortalClock } from '../support/mortal-clock.ts';
import { FakeChannel, failed, SENT } from '../support/people.ts';

/** An append takes 10 ms, a letter arrives after 6 of the 12 ms that its answer takes: every await has a width to be killed in. */
const APPEND_MS = 10;
const ARRIVES_MS = 6;

interface Process {
  readonly step: PageStep;
  kill(): void;
}

/** A process of its own: killed, it neither reads, writes, waits nor sends any more. */
function begin(world: AlertingWorld, arrived: FakeChannel): Process {
  const clock = new MortalClock(world.clock);
  const log = world.log.another();
  const wire = new FakeChannel('email', clock);
  wire.behave(async (message) => {
    await sleep(clock, ARRIVES_MS);
    const outcome = await arrived.send(message, new AbortController().signal);
    await sleep(clock, ARRIVES_MS);
    return outcome;
  });
  const { topics, telemetry, people, teams, links } = world;
  const notifiers = new Map([['email', wire]]);
  const step = startPage({ log, topics, clock, telemetry, by: 'a', people, teams, notifiers, links, timezone: 'UTC' });
  return {
    step,
    kill: () => {
      clock.kill();
      log.kill();
    },
  };
}

const opening = (world: AlertingWorld): Promise<void> => world.write(world.opened());

type Phase = { readonly message: 'page' | 'acknowledged' | 'resolved'; readonly before: (world: AlertingWorld) => Promise<void> };

const phases: Phase[] = [
  { message: 'page', before: async () => undefined },
  { message: 'acknowledged', before: opening },
  { message: 'resolved', before: opening },
];

describe.each(phases)('killed at any moment on the way of $message', ({ message, before }) => {
  test.each(Array.from({ length: 60 }, (_, i) => i))('%i ms after its reason was on its way', async (killMs) => {
    const world = new AlertingWorld({ latencyMs: APPEND_MS });
    const arrived = new FakeChannel('email', world.clock);
    const first = begin(world, arrived);
    await before(world);
    await world.clock.advance(1000);
    const reason = { page: () => world.opened(), acknowledged: () => world.acknowledged(), resolved: () => world.resolved() }[message]();
    void world.log.append(world.topics.incidents, [journalRecord(reason)]);
    await world.clock.advance(killMs);
    first.kill();
    await world.clock.advance(0);

    const letters = (): string[] => arrived.arrived.filter((one) => one.message.facts.kind === message).map((one) => one.message.key);
    const lines = world.lines;
    const unsettled = lines.includes(`intended ana ${message}-0 email 1`) && !lines.includes(`sent ana ${message}-0 email 1`);
    const there = letters().length;
    const second = begin(world, arrived);
    await world.clock.advance(60_000);

    // Never lost; twice only where the kill stood between the letter's arrival and the line that says so, and then under one key.
    expect(letters()).toHaveLength(there === 1 && unsettled ? 2 : 1);
    expect(new Set(letters()).size).toBe(1);
    second.kill();
  });
});

test('killed again and again, before a mail server that fails as it likes, the page arrives, and repeats only under its key', async () => {
  const kills = fc.array(fc.integer({ min: 0, max: 8000 }), { maxLength: 6 });
  const answers = fc.array(fc.constantFrom('sent', 'later', 'never', 'hang'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(kills, answers, async (lifetimes, outcomes) => {
      const world = new AlertingWorld({ latencyMs: APPEND_MS });
      const arrived = new FakeChannel('email', world.clock);
      arrived.behave((_message, nth) => {
        const outcome = outcomes[nth - 1] ?? 'sent';
        if (outcome === 'hang') return new Promise(() => undefined);
        return outcome === 'sent' ? SENT : failed(outcome === 'later');
      });
      await world.write(world.opened());
      for (const lifetimeMs of lifetimes) {
        const killed = begin(world, arrived);
        await world.clock.advance(lifetimeMs);
        killed.kill();
        await world.clock.advance(200);
      }
      const last = begin(world, arrived);
      await world.clock.advance(300_000);
      const keys = arrived.arrived.map((one) => one.message.key);
      expect(keys.length).toBeGreaterThanOrEqual(1);
      expect(keys.length).toBeLessThanOrEqual(1 + lifetimes.length);
      expect(new Set(keys).size).toBe(1);
      const before = keys.length;
      await world.clock.advance(600_000);
      expect(arrived.arrived).toHaveLength(before);
      last.kill();
    }),
    { numRuns: 150 },
  );
});
