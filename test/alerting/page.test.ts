import { afterEach, describe, expect, test } from 'vitest';
import type { Teams } from '../../alerting/oncall/escalation.ts';
import type { PageStep } from '../../alerting/page.ts';
import { AlertingWorld, INCIDENT } from '../support/alerting-world.ts';
import { fell } from '../support/fall.ts';
import { failed, SENT } from '../support/people.ts';

const ana = { email: 'ana@shop.example' };
const bo = { email: 'bo@shop.example' };
const teams: Teams = {
  default: {
    escalation: [
      { after: '0s', notify: 'ana' },
      { after: '5m', notify: 'everyone' },
    ],
  },
};

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

async function stop(step: PageStep): Promise<void> {
  running = running.filter((other) => other.step !== step);
  await step.stop();
}

describe('a page', () => {
  test('goes to everybody at once where there are no teams, and its end to those who had it', async () => {
    const world = new AlertingWorld({ people: { ana, bo } });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0', 'bo page-0']);
    await world.write(world.resolved());
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0', 'bo page-0', 'ana resolved-0', 'bo resolved-0']);
  });

  test('is journalled as intended before it is sent, and as sent after', async () => {
    const world = new AlertingWorld();
    start(world);
    await world.write(world.opened());
    await world.clock.advance(1000);
    const email = world.lines.filter((line) => !line.includes('terminal'));
    expect(email).toEqual(['opened', 'escalated', 'intended ana page-0 email 1', 'sent ana page-0 email 1']);
  });

  test('goes out at once, and is never held up by a second step that is due later', async () => {
    const world = new AlertingWorld({ people: { ana, bo }, teams, latencyMs: 5 });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(200);
    expect(world.email.arrived[0]?.at).toBeLessThan(100);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('says what fell in words, with a link that acknowledges as the person who reads it', async () => {
    const world = new AlertingWorld();
    start(world);
    await world.write(world.opened());
    await world.clock.advance(100);
    const { facts, key } = world.email.arrived[0]!.message;
    expect(facts.subject).toBe('[Sev-1] orders fell 62% in 4 s: 118/s to 45/s');
    const token = facts.action?.url.split('/').at(-1) ?? '';
    expect(world.links.read(token, world.clock.wall())).toMatchObject({ claim: { incident: INCIDENT, person: 'ana' }, expired: false });
    expect(key).toMatch(/^inc-test\.page-0\.\w+$/);
  });

  test('is written to the terminal as well, and only there where there are no people', async () => {
    const world = new AlertingWorld({ people: {} });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(10);
    await world.write(world.resolved());
    await world.clock.advance(10);
    expect(world.email.tried).toEqual([]);
    expect(world.console.log).toEqual(['this terminal page-0', 'this terminal resolved-0']);
    expect(world.console.arrived[0]?.message.facts.line).toContain('Nobody is paged: add `people:`');
  });

  test('names the metrics that fell together, and a metric that joins later pages nobody again', async () => {
    const world = new AlertingWorld();
    start(world);
    await world.write(world.opened(), {
      kind: 'joined',
      incident: INCIDENT,
      at: world.clock.wall(),
      by: 'a',
      severity: 1,
      fell: fell('payments', world.second),
    });
    await world.clock.advance(1000);
    expect(world.email.arrived[0]?.message.facts.lead.rest).toContain('Payments fell too');
    await world.write({
      kind: 'joined',
      incident: INCIDENT,
      at: world.clock.wall(),
      by: 'a',
      severity: 1,
      fell: fell('signups', world.second),
    });
    await world.clock.advance(60_000);
    expect(world.email.log).toEqual(['ana page-0']);
  });
});

describe('nobody is paged', () => {
  test('for severity 2, until a worse fall joins', async () => {
    const world = new AlertingWorld();
    start(world);
    await world.write(world.opened({ severity: 2, fell: fell('searches', world.second) }), world.acknowledged('bo'));
    await world.clock.advance(600_000);
    expect(world.email.tried).toEqual([]);
    await world.write({
      kind: 'joined',
      incident: INCIDENT,
      at: world.clock.wall(),
      by: 'a',
      severity: 1,
      fell: fell('orders', world.second),
    });
    await world.clock.advance(1000);
    expect(world.email.log).toEqual(['ana page-0']);
    expect(world.email.arrived[0]?.message.facts.subject).toContain('orders fell');
  });

  test('for what is held or over already', async () => {
    const world = new AlertingWorld();
    await world.write(world.opened({ held: 'began and ended before it could be seen' }));
    await world.write(world.opened({ incident: 'inc-over' }), { ...world.resolved(), incident: 'inc-over' });
    start(world);
    await world.clock.advance(600_000);
    expect(world.email.tried).toEqual([]);
    expect(world.console.tried).toEqual([]);
  });
});

describe('escalation', () => {
  test('goes on until somebody has it, then those who were paged are told who', async () => {
    const world = new AlertingWorld({ people: { ana, bo }, teams });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(299_000);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.clock.advance(2000);
    expect(world.email.log).toEqual(['ana page-0', 'ana page-1', 'bo page-1']);
    await world.write(world.acknowledged('bo'));
    await world.clock.advance(3_600_000);
    expect(world.email.log.slice(3)).toEqual(['ana acknowledged-0', 'bo acknowledged-0']);
    expect(world.email.arrived.at(-1)?.message.facts.headline).toBe('Acknowledged by Bo');
    await world.write(world.resolved());
    await world.clock.advance(1000);
    expect(world.email.log.slice(5)).toEqual(['ana resolved-0', 'bo resolved-0']);
  });

  test('does not happen once somebody has it', async () => {
    const world = new AlertingWorld({ people: { ana, bo }, teams });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(10_000);
    await world.write(world.acknowledged());
    await world.clock.advance(3_600_000);
    expect(world.email.log).toEqual(['ana page-0', 'ana acknowledged-0']);
  });

  test('counts from the opening across a restart, and does not page a step twice', async () => {
    const world = new AlertingWorld({ people: { ana, bo }, teams });
    const first = start(world);
    await world.write(world.opened());
    await world.clock.advance(200_000);
    await stop(first);
    await world.clock.advance(10_000);
    start(world);
    await world.clock.advance(80_000);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.clock.advance(20_000);
    expect(world.email.log).toEqual(['ana page-0', 'ana page-1', 'bo page-1']);
  });

  test('a step that reaches nobody makes nobody wait for the next', async () => {
    const gone: Teams = { default: { escalation: [{ after: '0s', notify: 'cy' }, ...(teams.default?.escalation ?? []).slice(1)] } };
    const world = new AlertingWorld({ people: { ana, bo }, teams: gone });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(1000);
    expect(world.email.log).toEqual(['ana page-1', 'bo page-1']);
  });

  test('a step of the wall clock moves none', async () => {
    const world = new AlertingWorld({ people: { ana, bo }, teams });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(1000);
    world.clock.stepWall(3_600_000);
    await world.clock.advance(200_000);
    world.clock.stepWall(-7_200_000);
    await world.clock.advance(90_000);
    expect(world.email.log).toEqual(['ana page-0']);
    await world.clock.advance(20_000);
    expect(world.email.log).toHaveLength(3);
  });
});

describe('a page that fails', () => {
  test('is tried again after 2 s, 4 s, … at most 30 s, under the same key, until it is taken', async () => {
    const world = new AlertingWorld();
    world.email.behave((_message, nth) => (nth < 9 ? failed(true) : SENT));
    start(world);
    await world.write(world.opened());
    await world.clock.advance(300_000);
    const times = world.email.tried.map(({ at }) => at);
    const pauses = times.slice(1).map((at, i) => Math.round((at - times[i]!) / 1000));
    expect(pauses).toEqual([2, 4, 8, 16, 30, 30, 30, 30]);
    expect(new Set(world.email.tried.map(({ message }) => message.key)).size).toBe(1);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('that is refused for good is tried again half a minute later: somebody may have mended the server', async () => {
    const world = new AlertingWorld();
    world.email.behave((_message, nth) => (nth === 1 ? failed(false) : SENT));
    start(world);
    await world.write(world.opened());
    await world.clock.advance(29_000);
    expect(world.email.tried).toHaveLength(1);
    await world.clock.advance(2000);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('for one of two reaches the other all the same', async () => {
    const world = new AlertingWorld({ people: { ana, bo } });
    world.email.behave(({ person }) => (person === 'ana' ? failed(false) : SENT));
    start(world);
    await world.write(world.opened());
    await world.clock.advance(1000);
    expect(world.email.log).toEqual(['bo page-0']);
    await world.write(world.resolved());
    await world.clock.advance(1000);
    expect(world.email.log).toEqual(['bo page-0', 'bo resolved-0']);
  });

  test('by hanging is given up after three seconds', async () => {
    const world = new AlertingWorld();
    world.email.behave((_message, nth) => (nth === 1 ? 'hang' : SENT));
    start(world);
    await world.write(world.opened());
    await world.clock.advance(3100);
    expect(world.lines).toContain('failed ana page-0 email 1');
    await world.clock.advance(2000);
    expect(world.email.log).toEqual(['ana page-0']);
  });

  test('is not tried any more once somebody has it', async () => {
    const world = new AlertingWorld();
    world.email.behave(() => failed(true));
    start(world);
    await world.write(world.opened());
    await world.clock.advance(3000);
    const { length } = world.email.tried;
    await world.write(world.acknowledged());
    await world.clock.advance(600_000);
    expect(world.email.tried).toHaveLength(length);
  });

  test('by an exception in the notifier is a failure like any other', async () => {
    const world = new AlertingWorld();
    world.email.behave((_message, nth) => {
      if (nth === 1) throw new Error('a bug');
      return SENT;
    });
    start(world);
    await world.write(world.opened());
    await world.clock.advance(3000);
    expect(world.email.log).toEqual(['ana page-0']);
  });
});

test('a person who was added while nobody could be reached is paged', async () => {
  const world = new AlertingWorld({ people: { ana, bo }, teams });
  const step = start(world);
  await world.write(world.opened());
  await world.clock.advance(1000);
  const channels = new Map([world.email, world.console].map((channel) => [channel.channel, channel]));
  step.retune({ people: { ana, bo, cy: { email: 'cy@shop.example' } }, teams, notifiers: channels, links: world.links, timezone: 'UTC' });
  await world.clock.advance(300_000);
  expect(world.email.log).toEqual(['ana page-0', 'ana page-1', 'bo page-1', 'cy page-1']);
});
