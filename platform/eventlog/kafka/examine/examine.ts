/** Is Kafka as Plummet needs it? Asks every broker and changes nothing: the door of its folder. */
import type { Topic } from '../../../topics/topic.ts';
import type { Clock } from '../../../units/clock.ts';
import type { Diagnosis } from '../../../units/diagnosis.ts';
import { EventLogError } from '../../problem.ts';
import { BrokersHealth } from '../health.ts';
import { Leaders } from '../leaders.ts';
import type { KafkaOptions } from '../options.ts';
import { create, describeTopics } from '../provision.ts';
import { sentenceOf } from '../sentence.ts';
import { type FoundTopic, findingsOf } from '../topic-settings.ts';
import { diagnosesOf } from './broker-settings.ts';
import { type BrokerTold, diagnosesOfBrokers, tellingsOf } from './brokers.ts';
import { clocksOf, diagnosesOfClocks } from './clocks.ts';
import { deadLettersOf, diagnosesOfDead } from './dead-letters.ts';

export interface KafkaExamination {
  readonly kafka: KafkaOptions;
  /** As Plummet wants them, without their prefix. */
  readonly topics: readonly Topic[];
  readonly clock: Clock;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** Appended to several times a second by a Plummet that runs. */
const LIVELY = ['events', 'config'];

/** Never throws: what cannot be asked is a finding, too. */
export async function examineKafka({ kafka, topics, clock, random }: KafkaExamination): Promise<Diagnosis[]> {
  const named = new Map(topics.map((topic) => [kafka.topicPrefix + topic.name, topic]));
  const connections = { kafka, clock, clientId: 'plummet-doctor' };
  const leaders = new Leaders({ ...connections, seeds: kafka.brokers, topics: [...named.keys()], random });
  try {
    const why = await leaders.refresh().then(
      () => undefined,
      (error: unknown) => error,
    );
    const told = await tellingsOf(leaders, kafka.brokers);
    const brokers = diagnosesOfBrokers(told, leaders.view);
    if (leaders.view.brokers.size === 0) return [...brokers, ...nobody(brokers, why)];
    const missing = [...named.keys()].filter((name) => leaders.view.refused.get(name) === 'UNKNOWN_TOPIC_OR_PARTITION');
    const judged = await Promise.all([
      diagnosesOfTopics({ leaders, named, missing, kafka, clock }),
      settingsOf(told, kafka, missing),
      lately({ leaders, kafka, clock }),
    ]);
    return [...brokers, ...judged.flat()];
  } finally {
    leaders.close();
  }
}

function nobody(brokers: readonly Diagnosis[], why: unknown): Diagnosis[] {
  return brokers.some(({ is }) => is === 'ill') ? [] : [{ is: 'ill', of: 'brokers', says: sentenceOf(why) }];
}

function settingsOf(told: readonly BrokerTold[], { brokers }: KafkaOptions, missing: readonly string[]): Diagnosis[] {
  const known = told.flatMap(({ node, settings }) => (node !== undefined && settings !== undefined ? [{ node, settings }] : []));
  if (known.length > 0) return diagnosesOf(known, { bootstrap: brokers[0] as string, missing });
  const why = told.find(({ refusal }) => refusal !== undefined)?.refusal;
  const says = `they cannot be checked: ${why ?? 'no broker tells them.'} Give this user DescribeConfigs on the cluster:`;
  const command = `kafka-acls.sh --bootstrap-server ${brokers[0]} --add --allow-principal User:NAME --operation DescribeConfigs --cluster`;
  return [{ is: 'warning', of: 'settings of brokers', says, mend: [command] }];
}

interface TopicsWish {
  readonly leaders: Leaders;
  readonly named: ReadonlyMap<string, Topic>;
  readonly missing: readonly string[];
  readonly kafka: KafkaOptions;
  readonly clock: Clock;
}

async function diagnosesOfTopics(wish: TopicsWish): Promise<Diagnosis[]> {
  const { leaders, named, clock, kafka } = wish;
  const there = new Map([...named].filter(([name]) => leaders.view.topics.has(name)));
  const diagnoses: Diagnosis[] = [];
  for (const [name, type] of leaders.view.refused) {
    if (!wish.missing.includes(name)) diagnoses.push({ is: 'ill', of: `topic ${name}`, says: sentenceOf({ type, message: type }) });
  }
  diagnoses.push(...(await ofMissing(wish)));
  if (there.size === 0) return diagnoses;
  try {
    const report = ({ message }: { message: string }): void => void diagnoses.push({ is: 'warning', of: 'topics', says: message });
    const found = await describeTopics({ leaders, topics: there, report });
    const bootstrap = kafka.brokers[0] as string;
    for (const [name, topic] of there) diagnoses.push(...ofTopic(topic, found.get(name) as FoundTopic, bootstrap));
    const health = await new BrokersHealth({ leaders, clock, topics: found, trouble: () => '' }).check();
    if (health.reason !== '') diagnoses.push({ is: health.ok ? 'warning' : 'ill', of: 'partitions', says: health.reason });
  } catch (error) {
    diagnoses.push({ is: 'ill', of: 'topics', says: `their settings cannot be had. ${sentenceOf(error)}` });
  }
  return diagnoses;
}

function ofTopic(topic: Topic, found: FoundTopic, bootstrap: string): Diagnosis[] {
  const of = `topic ${found.name}`;
  const findings = findingsOf(topic, found, bootstrap);
  const { partitions, replicas, settings } = found;
  const least = settings['min.insync.replicas'] ?? '?';
  const copies = `${replicas} ${replicas === 1 ? 'copy' : 'copies'}, ${least} in sync at least`;
  const shape = `${partitions} partition${partitions === 1 ? '' : 's'}, ${copies}`;
  const kept = settings['cleanup.policy'] === 'compact' ? 'the newest of each key' : `for ${keptFor(settings['retention.ms'])}`;
  if (findings.length === 0) return [{ is: 'well', of, says: `${shape}; ${settings['message.timestamp.type']}; kept ${kept}.` }];
  // Its name stands before it already.
  const short = (why: string): string => why.replace(`Topic ${found.name} `, '');
  return findings.map(({ refused, why, mend }) => ({
    is: refused ? 'ill' : 'warning',
    of,
    says: short(why),
    ...(mend && { mend: [mend] }),
  }));
}

function keptFor(retention: string | undefined): string {
  const ms = Number(retention ?? Number.NaN);
  if (Number.isNaN(ms)) return 'a time that is not told';
  return ms < 0 ? 'ever' : `${Math.round((ms / 3_600_000) * 10) / 10} h`;
}

/** Whether the brokers would make them, asked without making any. */
async function ofMissing({ leaders, named, missing, kafka, clock }: TopicsWish): Promise<Diagnosis[]> {
  if (missing.length === 0) return [];
  const of = missing.length === named.size ? 'topics' : `topic ${missing.join(', ')}`;
  const not = `${missing.length === named.size ? 'none is' : missing.length === 1 ? 'is not' : 'are not'} there`;
  const options = { leaders, clock, topics: named, brokers: kafka.brokers, replicas: kafka.replicas, report: () => undefined };
  try {
    await create(options, missing, true);
    return [
      {
        is: 'well',
        of,
        says: `${not}${not.startsWith('none') ? '' : ' yet'}: Plummet makes ${missing.length === 1 ? 'it' : 'them'} at its start.`,
      },
    ];
  } catch (error) {
    const [says = '', ...mend] = (error instanceof EventLogError ? error.message : sentenceOf(error)).split('\n');
    return [{ is: 'ill', of, says: `${not}. ${says}`, ...(mend.length > 0 && { mend }) }];
  }
}

async function lately({ leaders, kafka, clock }: Omit<TopicsWish, 'named' | 'missing'>): Promise<Diagnosis[]> {
  const there = (name: string): string[] => (leaders.view.topics.has(kafka.topicPrefix + name) ? [kafka.topicPrefix + name] : []);
  const [ahead, letters] = await Promise.all([
    clocksOf(leaders, LIVELY.flatMap(there), clock).catch(() => new Map<string, number>()),
    Promise.all(there('dead-letters').map((name) => deadLettersOf(leaders, name, clock.wall()).catch(() => []))),
  ]);
  return [...diagnosesOfClocks(ahead), ...(letters.length === 0 ? [] : diagnosesOfDead(letters.flat()))];
}
