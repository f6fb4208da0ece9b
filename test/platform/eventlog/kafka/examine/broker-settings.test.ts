import { describe, expect, test } from 'vitest';
import {
  type BrokerSettings,
  blindSecondsOf,
  diagnosesOf,
  SHIPPED,
} from '../../../../../platform/eventlog/kafka/examine/broker-settings.ts';
import type { Diagnosis } from '../../../../../platform/units/diagnosis.ts';
import { shippedProperties } from '../../../../support/kafka/shipped.ts';

const ROLES = { 'process.roles': 'broker,controller' };
/** Kafka's own, of 4.x. */
const DEFAULTS = {
  ...ROLES,
  'broker.session.timeout.ms': '9000',
  'broker.heartbeat.interval.ms': '2000',
  'controller.quorum.fetch.timeout.ms': '2000',
  'controller.quorum.election.timeout.ms': '1000',
  'min.insync.replicas': '1',
  'auto.create.topics.enable': 'true',
  'group.initial.rebalance.delay.ms': '3000',
};

const three = (settings: Readonly<Record<string, string>>): BrokerSettings[] => [1, 2, 3].map((node) => ({ node, settings }));

function judged(all: readonly BrokerSettings[], missing: readonly string[] = []): Record<string, Diagnosis> {
  const found = diagnosesOf(all, { bootstrap: 'kafka-1:9092', missing });
  return Object.fromEntries(found.map((one) => [one.of, one]));
}

test('what is shipped is what stands in deploy/', () => {
  expect(SHIPPED).toEqual(shippedProperties());
});

test('what is shipped leaves nothing to say but how long a dead broker blinds', () => {
  const found = judged(three({ ...ROLES, ...SHIPPED }), ['events']);
  expect(Object.values(found).map(({ is }) => is)).toEqual(['well']);
  expect(found['broker.session.timeout.ms']?.says).toBe('2000: when a broker dies, what is counted on it is blind for about 4 s.');
});

test.each([
  [2000, 4],
  [9000, 10],
  [18_000, 19],
  [45_000, 46],
])('a session of %d ms blinds for about %d s, as was measured', (ms, seconds) => {
  expect(blindSecondsOf(ms)).toBe(seconds);
});

describe("Kafka's own settings", () => {
  const found = judged(three(DEFAULTS), ['events', 'counts']);

  test('cost blind seconds, and the lines that save them are named', () => {
    expect(found['broker.session.timeout.ms']).toMatchObject({
      is: 'warning',
      says: expect.stringMatching(
        /^9000: .* blind for about 10 s; with 2000 it is about 4 s\. Put this into server\.properties of every controller/,
      ),
      mend: ['broker.session.timeout.ms=2000', 'broker.heartbeat.interval.ms=400'],
    });
    expect(found['controller.quorum.fetch.timeout.ms']).toMatchObject({ is: 'warning', mend: ['controller.quorum.fetch.timeout.ms=1000'] });
    expect(found['controller.quorum.election.timeout.ms']).toBeUndefined();
  });

  test('make topics of their own accord, which matters while ours are not there', () => {
    expect(found['auto.create.topics.enable']).toMatchObject({ is: 'warning', says: expect.stringMatching(/2 topics are not there yet/) });
    expect(judged(three(DEFAULTS))['auto.create.topics.enable']).toBeUndefined();
  });

  test('say yes with one copy, which the command that is named changes without a restart', () => {
    const command = 'kafka-configs.sh --bootstrap-server kafka-1:9092 --alter --entity-type brokers --entity-default';
    expect(found['min.insync.replicas']).toMatchObject({ is: 'warning', mend: [`${command} --add-config min.insync.replicas=2`] });
    expect(judged([{ node: 1, settings: DEFAULTS }])['min.insync.replicas']).toBeUndefined();
  });

  test('let groups wait, which Plummet does not have', () => {
    expect(found['group.initial.rebalance.delay.ms']).toMatchObject({ is: 'well', says: expect.stringMatching(/Plummet has none/) });
  });
});

test('the worst of several brokers is told', () => {
  const all = three({ ...ROLES, ...SHIPPED });
  const odd = { node: 4, settings: { ...ROLES, ...SHIPPED, 'broker.session.timeout.ms': '30000' } };
  expect(judged([...all, odd])['broker.session.timeout.ms']).toMatchObject({ is: 'warning', says: expect.stringMatching(/^30000:/) });
});

test('where controllers are machines of their own, it is said that theirs counts', () => {
  const found = judged(three({ ...DEFAULTS, 'process.roles': 'broker' }));
  expect(found['broker.session.timeout.ms']?.says).toMatch(/every controller \(what brokers say of it is not in force\)/);
});

test('a heart that beats as seldom as its session is short is told', () => {
  const found = judged(three({ ...ROLES, ...SHIPPED, 'broker.heartbeat.interval.ms': '2000' }));
  expect(found['broker.heartbeat.interval.ms']).toMatchObject({ is: 'warning', mend: ['broker.heartbeat.interval.ms=400'] });
});

test('under ZooKeeper it is its session that counts', () => {
  const found = judged(three({ 'zookeeper.session.timeout.ms': '18000', 'broker.session.timeout.ms': '9000' }));
  expect(found['zookeeper.session.timeout.ms']).toMatchObject({ is: 'warning', mend: ['zookeeper.session.timeout.ms=6000'] });
  expect(found['broker.session.timeout.ms']).toBeUndefined();
});

test('nothing is said of settings that nobody told', () => {
  expect(judged([])).toEqual({});
  expect(judged(three({}))).toEqual({});
});
