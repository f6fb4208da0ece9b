/** Settings of brokers and controllers: what Plummet ships, what is wrong or slow, and what it costs in blind seconds. Pure. */
import type { Diagnosis } from '../../../units/diagnosis.ts';

/** As in deploy/kafka/server.properties. */
export const SHIPPED = {
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '400',
  'controller.quorum.fetch.timeout.ms': '1000',
  'controller.quorum.election.timeout.ms': '1000',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
} as const;

type Shipped = keyof typeof SHIPPED;

/** Only brokers that ZooKeeper watches know it; then it is what `broker.session.timeout.ms` is in KRaft mode. */
const ZOOKEEPER_SESSION = 'zookeeper.session.timeout.ms';
const ZOOKEEPER_SESSION_MS = 6000;

export const SETTINGS_ASKED: readonly string[] = [...Object.keys(SHIPPED), 'process.roles', 'node.id', ZOOKEEPER_SESSION];

/** Of one broker, those that were told. */
export interface BrokerSettings {
  readonly node: number;
  readonly settings: Readonly<Record<string, string>>;
}

interface Surroundings {
  /** `host:port`, for the commands that mend. */
  readonly bootstrap: string;
  /** Topics of Plummet that are not there yet. */
  readonly missing: readonly string[];
}

/**
 * Seconds for which what a dead broker led is not read: its session's time-out, then the election, and readers that learn of it.
 * A line through what was measured: 3.9 to 4.1 s with a time-out of 2 s, 10.2 s with one of 9 s.
 */
export function blindSecondsOf(sessionMs: number): number {
  const seconds = sessionMs / 1000;
  return Math.round(Math.max(0.886 * seconds + 2.23, seconds + 1));
}

/** @param all  of every broker that told its settings */
export function diagnosesOf(all: readonly BrokerSettings[], { bootstrap, missing }: Surroundings): Diagnosis[] {
  if (all.length === 0) return [];
  const byZooKeeper = all.every(({ settings }) => (settings['process.roles'] ?? '') === '' && settings[ZOOKEEPER_SESSION] !== undefined);
  return [
    ...(byZooKeeper ? ofZooKeeper(all) : [...ofSession(all), ...ofHeartbeat(all), ...ofQuorum(all)]),
    ...ofCopies(all, bootstrap),
    ...ofMaking(all, missing),
    ...ofGroups(all),
  ];
}

function ofSession(all: readonly BrokerSettings[]): Diagnosis[] {
  const name = 'broker.session.timeout.ms';
  const worst = worstOf(all, name);
  if (worst === undefined) return [];
  const costs = `when a broker dies, what is counted on it is blind for about ${blindSecondsOf(worst)} s`;
  if (worst <= Number(SHIPPED[name])) return [{ is: 'well', of: name, says: `${worst}: ${costs}.` }];
  const better = `with ${SHIPPED[name]} it is about ${blindSecondsOf(Number(SHIPPED[name]))} s`;
  return [slow(all, name, `${worst}: ${costs}; ${better}.`, ['broker.heartbeat.interval.ms'])];
}

/** A broker that is heard less than three times in its session's time is taken for dead when one word is late. */
function ofHeartbeat(all: readonly BrokerSettings[]): Diagnosis[] {
  const name = 'broker.heartbeat.interval.ms';
  const session = worstOf(all, 'broker.session.timeout.ms');
  const worst = worstOf(all, name);
  if (worst === undefined || session === undefined || 3 * worst <= session || session > Number(SHIPPED['broker.session.timeout.ms']))
    return [];
  return [slow(all, name, `${worst}, and a broker is taken for dead after ${session} ms: one late word is enough for that.`)];
}

function ofQuorum(all: readonly BrokerSettings[]): Diagnosis[] {
  return (['controller.quorum.fetch.timeout.ms', 'controller.quorum.election.timeout.ms'] as const).flatMap((name) => {
    const worst = worstOf(all, name);
    if (worst === undefined) return [];
    const costs = `${worst}: when the active controller dies, nothing is led anew for so long before another takes over.`;
    return worst <= Number(SHIPPED[name]) ? [] : [slow(all, name, costs)];
  });
}

function ofZooKeeper(all: readonly BrokerSettings[]): Diagnosis[] {
  const worst = worstOf(all, ZOOKEEPER_SESSION) as number;
  const says = `${worst}: when a broker dies, what is counted on it is blind for about ${blindSecondsOf(worst)} s.`;
  if (worst <= ZOOKEEPER_SESSION_MS) return [{ is: 'well', of: ZOOKEEPER_SESSION, says }];
  const how =
    'Put this into server.properties of every broker and restart them, one after the other; Kafka in KRaft mode is quicker still:';
  return [{ is: 'warning', of: ZOOKEEPER_SESSION, says: `${says} ${how}`, mend: [`${ZOOKEEPER_SESSION}=${ZOOKEEPER_SESSION_MS}`] }];
}

/** Of topics that somebody else makes: Plummet's own say it for themselves. */
function ofCopies(all: readonly BrokerSettings[], bootstrap: string): Diagnosis[] {
  const name = 'min.insync.replicas';
  const least = Math.min(...valuesOf(all, name));
  if (all.length < 3 || !(least < 2)) return [];
  const says = `${least}: of a topic that somebody else makes, a broker that dies can take acknowledged records with it.`;
  const command = `kafka-configs.sh --bootstrap-server ${bootstrap} --alter --entity-type brokers --entity-default --add-config ${name}=2`;
  return [{ is: 'warning', of: name, says, mend: [command] }];
}

function ofMaking(all: readonly BrokerSettings[], missing: readonly string[]): Diagnosis[] {
  const name = 'auto.create.topics.enable';
  if (missing.length === 0 || !all.some(({ settings }) => settings[name] === 'true')) return [];
  const which = missing.length === 1 ? `topic ${missing[0]} is` : `${missing.length} topics are`;
  const says = `true, and ${which} not there yet: who writes first makes them as they must not be.`;
  const how = 'Start Plummet before the apps that write; or put this into server.properties of every broker and restart them:';
  return [{ is: 'warning', of: name, says: `${says} ${how}`, mend: [`${name}=${SHIPPED[name]}`] }];
}

function ofGroups(all: readonly BrokerSettings[]): Diagnosis[] {
  const name = 'group.initial.rebalance.delay.ms';
  const worst = worstOf(all, name);
  if (worst === undefined || worst === 0) return [];
  return [{ is: 'well', of: name, says: `${worst}: that is waited for by other programs' consumer groups; Plummet has none.` }];
}

/** @param others  settings that go with it */
function slow(all: readonly BrokerSettings[], name: Shipped, says: string, others: readonly Shipped[] = []): Diagnosis {
  const controllers = all.some(({ settings }) => (settings['process.roles'] ?? '').includes('controller'));
  const whose = controllers ? 'every controller' : 'every controller (what brokers say of it is not in force)';
  const how = `Put this into server.properties of ${whose} and restart them, one after the other:`;
  return { is: 'warning', of: name, says: `${says} ${how}`, mend: [name, ...others].map((one) => `${one}=${SHIPPED[one]}`) };
}

function worstOf(all: readonly BrokerSettings[], name: string): number | undefined {
  const values = valuesOf(all, name);
  return values.length === 0 ? undefined : Math.max(...values);
}

function valuesOf(all: readonly BrokerSettings[], name: string): number[] {
  return all.flatMap(({ settings }) => (settings[name] === undefined ? [] : Number(settings[name]))).filter(Number.isFinite);
}
