/** Topics made where they are missing, and held against what Plummet needs where they are there. */
import type { Topic } from '../../topics/topic.ts';
import type { Clock } from '../../units/clock.ts';
import { EventLogError, type OnProblem } from '../problem.ts';
import { type BrokerAddress, errorOfKafka, requestOf } from './kafkajs-parts.ts';
import type { Leaders } from './leaders.ts';
import { pause } from './pause.ts';
import { sentenceOf } from './sentence.ts';
import { creationCommand, type FoundTopic, findingsOf, sayFinding, settingsOf, type TopicSettings } from './topic-settings.ts';

/** Three copies survive any one broker, and one more that is being restarted. */
const REPLICAS_WANTED = 3;
const CREATE_MS_MAX = 10_000;
const AGAIN_MS = 100;
const TOPIC_RESOURCE = 2;
const ALREADY_EXISTS = 36;
/** Also where brokers that are known were not heard of for a moment: it passes. */
const TOO_FEW_BROKERS = 38;
const NOT_CONTROLLER = 41;
const NOT_ALLOWED = new Set([29, 31]);
const SETTINGS_ASKED = [
  'message.timestamp.type',
  'cleanup.policy',
  'retention.ms',
  'min.insync.replicas',
  'max.message.bytes',
  'compression.type',
];

export interface ProvisionOptions {
  readonly leaders: Leaders;
  readonly clock: Clock;
  /** By full name. */
  readonly topics: ReadonlyMap<string, Topic>;
  /** `host:port` each, as configured. */
  readonly brokers: readonly string[];
  /** Of new topics; left out: 3, or as many as there are brokers. */
  readonly replicas?: number | undefined;
  readonly report: OnProblem;
}

/** @throws EventLogError `topic` with a sentence for each topic that does not do, `refused` where the rights are missing */
export async function provision(options: ProvisionOptions): Promise<ReadonlyMap<string, FoundTopic>> {
  const { leaders, topics, report } = options;
  await leaders.refresh();
  const missing = [...topics.keys()].filter((name) => leaders.view.refused.get(name) === 'UNKNOWN_TOPIC_OR_PARTITION');
  if (missing.length > 0) await create(options, missing);
  await untilLed(options);
  const found = await describeTopics(options);
  const bootstrap = options.brokers[0] as string;
  const findings = [...topics].flatMap(([name, topic]) => findingsOf(topic, found.get(name) as FoundTopic, bootstrap));
  const refused = findings.filter((finding) => finding.refused);
  if (refused.length > 0) throw new EventLogError('topic', refused.map(sayFinding).join('\n'));
  for (const finding of findings) report({ kind: 'topic', message: sayFinding(finding) });
  return found;
}

interface CreateAnswer {
  readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[];
}

/** @param validateOnly  asks the brokers whether they would, and nothing is made */
export async function create(options: ProvisionOptions, missing: readonly string[], validateOnly = false): Promise<void> {
  const { leaders, topics, brokers } = options;
  const alive = leaders.view.brokers.size;
  const replicas = options.replicas ?? Math.min(REPLICAS_WANTED, Math.max(alive, brokers.length));
  if (replicas > alive) {
    const what = `${missing.join(', ')} should have ${replicas} copies, but ${alive} broker${alive === 1 ? ' is' : 's are'} up`;
    throw new EventLogError('unreachable', `${what}. Start the others, or set \`eventlog.kafka.replicas: ${alive}\`.`);
  }
  const wish = {
    topics: missing.map((name) => {
      const topic = topics.get(name) as Topic;
      const settings = Object.entries(settingsOf(topic, replicas)).map(([key, value]) => ({ name: key, value }));
      return { topic: name, numPartitions: topic.partitions, replicationFactor: replicas, configEntries: settings };
    }),
    validateOnly,
    timeout: CREATE_MS_MAX,
  };
  const answers = await askEach(leaders, async (address) => {
    const answer = await leaders.connections.send(
      address,
      (broker) => requestOf<CreateAnswer>(broker, 'CreateTopics', wish),
      CREATE_MS_MAX,
    );
    return answer.topicErrors.some(({ errorCode }) => errorCode === NOT_CONTROLLER) ? undefined : answer;
  });
  for (const { topic: name, errorCode, errorMessage } of answers.topicErrors) {
    if (errorCode === 0 || errorCode === ALREADY_EXISTS) continue;
    if (!NOT_ALLOWED.has(errorCode)) {
      const code = errorCode === TOO_FEW_BROKERS ? 'unreachable' : 'topic';
      throw new EventLogError(code, `Topic ${name} could not be created: ${errorMessage ?? errorOfKafka(errorCode).message}`);
    }
    const commands = missing.map((one) => creationCommand(topics.get(one) as Topic, one, replicas, brokers[0] as string));
    const what = 'This user may not create topics. Give it the right, or let somebody run:';
    throw new EventLogError('refused', `${what}\n${commands.join('\n')}`);
  }
}

/** The first broker that has an answer: only some know what is asked (a controller, under ZooKeeper). */
async function askEach<Answer>(leaders: Leaders, ask: (address: BrokerAddress) => Promise<Answer | undefined>): Promise<Answer> {
  let why: unknown = new EventLogError('unreachable', 'No broker of the cluster is its controller now. Look at the brokers’ logs.');
  for (const address of leaders.view.brokers.values()) {
    try {
      const answer = await ask(address);
      if (answer !== undefined) return answer;
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

/** A new topic is known to every broker, and has its leaders, only a moment after its creation. */
async function untilLed({ leaders, clock, topics }: ProvisionOptions): Promise<void> {
  const startedAt = clock.monotonic();
  for (;;) {
    await leaders.refresh();
    const { view } = leaders;
    const unknown = [...topics.keys()].filter((name) => !view.topics.has(name));
    const led = [...topics.keys()].every((name) => view.topics.get(name)?.some((place) => view.brokers.has(place.leader)));
    if (unknown.length === 0 && led) return;
    const refusal = unknown.map((name) => view.refused.get(name)).find((type) => type === 'TOPIC_AUTHORIZATION_FAILED');
    if (refusal) throw new EventLogError('refused', `${unknown.join(', ')}: ${sentenceOf({ type: refusal })}`);
    if (clock.monotonic() - startedAt > CREATE_MS_MAX) {
      const waiting = [...topics.keys()].filter((name) => !view.topics.get(name)?.some((place) => view.brokers.has(place.leader)));
      throw new EventLogError('unreachable', `No partition of ${waiting.join(', ')} has a leader. Start the brokers that hold it.`);
    }
    await pause(clock, AGAIN_MS);
  }
}

interface DescribeAnswer {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

/** What the topics that are there are like. @param topics  those that are there */
export async function describeTopics({
  leaders,
  topics,
  report,
}: Pick<ProvisionOptions, 'leaders' | 'topics' | 'report'>): Promise<ReadonlyMap<string, FoundTopic>> {
  const wish = { resources: [...topics.keys()].map((name) => ({ type: TOPIC_RESOURCE, name, configNames: SETTINGS_ASKED })) };
  const { resources } = await askEach(leaders, (address) =>
    leaders.connections.send(address, (broker) => requestOf<DescribeAnswer>(broker, 'DescribeConfigs', wish)),
  );
  const found = new Map<string, FoundTopic>();
  for (const { resourceName: name, errorCode, configEntries } of resources) {
    const places = leaders.view.topics.get(name) ?? [];
    const settings: TopicSettings = Object.fromEntries(configEntries.map((entry) => [entry.configName, entry.configValue ?? '']));
    found.set(name, { name, partitions: places.length, replicas: places[0]?.replicas.length ?? 0, settings });
    if (errorCode === 0) continue;
    const what = `The settings of topic ${name} cannot be checked: ${sentenceOf(errorOfKafka(errorCode))}`;
    report({ kind: 'topic', message: `${what} Give this user DescribeConfigs on it.` });
  }
  return found;
}
