/** What each broker tells of itself: whether it answers, which Kafka it is, its settings, the room on its disks. */
import type { Diagnosis } from '../../../units/diagnosis.ts';
import { type BrokerAddress, errorOfKafka, type InnerBroker, requestOf } from '../kafkajs-parts.ts';
import type { ClusterView, Leaders } from '../leaders.ts';
import { sentenceOf } from '../sentence.ts';
import { SETTINGS_ASKED } from './broker-settings.ts';
import { diagnosesOfDisks, type LogDirs, logDirsRequest, tellsDisks } from './disks.ts';
import { type KnownRequests, releaseOf } from './release.ts';

const BROKER_RESOURCE = 4;

export interface BrokerTold {
  /** `host:port`. */
  readonly address: string;
  /** Undefined of one that only the configuration names. */
  readonly node: number | undefined;
  /** Why it cannot be used; undefined where it answers. */
  readonly silence?: string;
  readonly known?: KnownRequests;
  readonly settings?: Readonly<Record<string, string>>;
  /** Why it does not tell its settings. */
  readonly refusal?: string;
  readonly disks?: LogDirs;
}

interface DescribeAnswer {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

/** Of those that the configuration names and of those that they name, each by its own address. */
export async function tellingsOf(leaders: Leaders, seeds: readonly string[]): Promise<BrokerTold[]> {
  const members = [...leaders.view.brokers].map(([node, address]) => ({ node, address }));
  const others = seeds.filter((seed) => !members.some(({ address }) => nameOf(address) === seed));
  const asked = [
    ...members.sort((a, b) => a.node - b.node),
    ...others.map((seed) => ({
      node: undefined,
      address: { host: seed.slice(0, seed.lastIndexOf(':')), port: Number(seed.split(':').at(-1)) },
    })),
  ];
  return Promise.all(asked.map(({ node, address }) => tellingOf(leaders, address, node)));
}

async function tellingOf(leaders: Leaders, address: BrokerAddress, node: number | undefined): Promise<BrokerTold> {
  const about = { address: nameOf(address), node };
  let inner: InnerBroker | undefined;
  const meet = (broker: InnerBroker) => {
    inner = broker;
    return requestOf<object>(broker, 'ApiVersions', {});
  };
  try {
    await leaders.connections.send(address, meet);
  } catch (error) {
    return { ...about, silence: sentenceOf(error) };
  }
  const broker = inner as InnerBroker;
  const known = broker.versions ?? {};
  if (node === undefined) return { ...about, known };
  const [settings, disks] = await Promise.all([
    askSettings(leaders, address, node),
    tellsDisks(broker) ? leaders.connections.send(address, logDirsRequest).catch(() => undefined) : undefined,
  ]);
  return { ...about, known, ...settings, ...(disks && { disks }) };
}

async function askSettings(leaders: Leaders, address: BrokerAddress, node: number): Promise<Pick<BrokerTold, 'settings' | 'refusal'>> {
  const wish = { resources: [{ type: BROKER_RESOURCE, name: String(node), configNames: SETTINGS_ASKED }] };
  try {
    const { resources } = await leaders.connections.send(address, (broker) => requestOf<DescribeAnswer>(broker, 'DescribeConfigs', wish));
    const [told] = resources;
    if (told === undefined || told.errorCode !== 0) return { refusal: sentenceOf(errorOfKafka(told?.errorCode ?? -1)) };
    return { settings: Object.fromEntries(told.configEntries.map((entry) => [entry.configName, entry.configValue ?? ''])) };
  } catch (error) {
    return { refusal: sentenceOf(error) };
  }
}

/** A broker that is away is a warning as long as another one answers: that is what there are several for. */
export function diagnosesOfBrokers(told: readonly BrokerTold[], { brokers, topics }: Pick<ClusterView, 'brokers' | 'topics'>): Diagnosis[] {
  const someAnswer = told.some(({ silence }) => silence === undefined);
  const diagnoses = told.flatMap((one): Diagnosis[] => {
    const { address, node, silence, known, disks } = one;
    const of = node === undefined ? `broker at ${address}` : `broker ${node} at ${address}`;
    if (silence !== undefined) {
      const learned =
        node === undefined ? '' : ' This address is what the brokers say of it: is its advertised.listeners one that is found from here?';
      return [{ is: someAnswer ? 'warning' : 'ill', of, says: `${silence}${learned}` }];
    }
    return [ofRelease(of, releaseOf(known ?? {})), ...(disks ? diagnosesOfDisks(of, disks) : [])];
  });
  const away = nodesOf(topics).filter((node) => !brokers.has(node));
  if (brokers.size === 0 || away.length === 0) return diagnoses;
  const says = `${away.length === 1 ? 'is' : 'are'} not there: what they hold has one copy fewer. Start what is down.`;
  return [...diagnoses, { is: 'warning', of: `broker ${away.join(', ')}`, says }];
}

function ofRelease(of: string, release: string | null): Diagnosis {
  if (release === null) return { is: 'warning', of, says: 'Apache Kafka older than 3.0: Plummet is made for 3.x and 4.x. Update it.' };
  return { is: 'well', of, says: `Apache Kafka ${release}.` };
}

/** Of brokers that have a copy of anything. */
function nodesOf(topics: ClusterView['topics']): number[] {
  return [...new Set([...topics.values()].flat().flatMap(({ replicas }) => replicas))].sort((a, b) => a - b);
}

const nameOf = ({ host, port }: BrokerAddress): string => `${host}:${port}`;
