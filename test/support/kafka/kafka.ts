/** A real Kafka for a test file: one broker or three on free ports and temporary folders, or the one named in PLUMMET_TEST_KAFKA. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { freePort } from '../ports.ts';
import { eventually, temporaryFolder } from '../process.ts';
import { Broker, newClusterId } from './broker.ts';
import { jarsFolder, resolveJars } from './jars.ts';
import { KafkaProxy } from './proxy.ts';
import { shippedProperties } from './shipped.ts';

/** A second alone, and far longer where every core is busy. */
const MEET_MS_MAX = 60_000;

export interface KafkaForTests {
  /** `host:port`, without a password. */
  readonly brokers: readonly string[];
  /** The same brokers where they ask for SASL PLAIN, user `plummet`, password `right`. None of those named in the environment. */
  readonly guarded: readonly string[];
  /** The same brokers over TLS, where it was wished for; by the name `localhost`. */
  readonly encrypted: readonly string[];
  /** PEM of the certificate that the brokers show there. */
  readonly certificate: string;
  /** The way to each broker through a proxy, where it was wished for. */
  readonly proxied: readonly string[];
  readonly proxies: readonly KafkaProxy[];
  /** By name, for each of the lines that were wished for. */
  readonly lines: ReadonlyMap<string, KafkaLine>;
  /** By place; none of those named in the environment, which nobody kills. */
  readonly processes: readonly Broker[];
  stop(): Promise<void>;
}

/** A way to all brokers that nobody else uses, so that it can be made bad for its user alone. */
export interface KafkaLine {
  readonly brokers: readonly string[];
  /** By place of the broker. */
  readonly proxies: readonly KafkaProxy[];
}

export interface KafkaWish {
  readonly brokers?: 1 | 3;
  /** Over those that are given here. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** A listener with a certificate of its own; takes a second longer. */
  readonly tls?: boolean;
  /** A listener behind a proxy. */
  readonly proxied?: boolean;
  /** Names of further ways to the brokers, each behind proxies of its own. */
  readonly lines?: readonly string[];
  /** Kills its processes, or stands behind its proxies, so a Kafka of the environment does not do. */
  readonly own?: boolean;
  /** Of Apache Kafka, in place of the one that all tests run on. */
  readonly version?: string;
}

export async function startKafka({
  brokers = 1,
  properties = {},
  tls = false,
  proxied = false,
  lines: lineNames = [],
  own = false,
  version,
}: KafkaWish = {}): Promise<KafkaForTests> {
  const given = process.env.PLUMMET_TEST_KAFKA;
  if (given && !own) {
    const none = { guarded: [], encrypted: [], certificate: '', proxied: [], proxies: [], lines: new Map(), processes: [] };
    return { ...none, brokers: given.split(','), stop: async () => undefined };
  }
  resolveJars({ version });
  const folder = temporaryFolder();
  const ids = Array.from({ length: brokers }, (_, i) => i + 1);
  const ports = await Promise.all(
    ids.map(async () => ({
      open: await freePort(),
      sasl: await freePort(),
      tls: await freePort(),
      control: await freePort(),
      behind: await freePort(),
    })),
  );
  const voters = ids.map((id, i) => `${id}@127.0.0.1:${ports[i]?.control}`).join(',');
  const proxies = proxied ? await Promise.all(ports.map(({ behind }) => KafkaProxy.to(behind))) : [];
  const lines = await Promise.all(lineNames.map(() => newLine(brokers)));
  const keys = tls ? keyPair(folder.path) : undefined;
  const processes = ids.map((id, i) => {
    const mine = ports[i] as (typeof ports)[number];
    const place = join(folder.path, `broker-${id}`);
    const settings = serverProperties({
      id,
      voters,
      folder: place,
      ports: mine,
      brokers,
      proxy: proxies[i]?.port,
      lines: lines.map(({ inner, proxies: own }) => ({ inner: inner[i] as number, outer: (own[i] as KafkaProxy).port })),
      keystore: keys?.keystore,
    });
    return new Broker({ id, folder: place, port: mine.open, properties: { ...settings, ...properties }, jars: jarsFolder({ version }) });
  });
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((broker) => broker.signal('SIGCONT')));
    await Promise.all(processes.map((broker) => broker.signal('SIGKILL')));
    await Promise.all([...proxies, ...lines.flatMap((line) => line.proxies)].map((proxy) => proxy.close()));
    folder.remove();
  };
  try {
    const clusterId = newClusterId();
    await Promise.all(processes.map((broker) => broker.format(clusterId)));
    await Promise.all(processes.map((broker) => broker.start()));
    await meet(processes);
  } catch (error) {
    await stop();
    throw error;
  }
  const at = (kind: 'open' | 'sasl' | 'tls', host = '127.0.0.1'): string[] => ports.map((port) => `${host}:${port[kind]}`);
  const encrypted = keys ? at('tls', 'localhost') : [];
  return {
    brokers: at('open'),
    guarded: at('sasl'),
    encrypted,
    certificate: keys?.certificate ?? '',
    proxied: proxies.map(({ port }) => `127.0.0.1:${port}`),
    proxies,
    lines: new Map(lineNames.map((name, i) => [name, lines[i] as KafkaLine])),
    processes,
    stop,
  };
}

async function newLine(brokers: number): Promise<KafkaLine & { inner: number[] }> {
  const inner = await Promise.all(Array.from({ length: brokers }, () => freePort()));
  const proxies = await Promise.all(inner.map((port) => KafkaProxy.to(port)));
  return { inner, proxies, brokers: proxies.map(({ port }) => `127.0.0.1:${port}`) };
}

/** A broker listens before the others take it for one of theirs. */
async function meet(processes: readonly Broker[]): Promise<void> {
  const brokers = processes.map(({ port }) => `127.0.0.1:${port}`);
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await eventually('brokers that know each other', MEET_MS_MAX, async () => {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length === processes.length;
  }).finally(() => admin.disconnect());
}

interface Wanted {
  readonly id: number;
  readonly voters: string;
  readonly folder: string;
  readonly ports: { readonly open: number; readonly sasl: number; readonly tls: number; readonly control: number; readonly behind: number };
  readonly brokers: number;
  readonly proxy: number | undefined;
  /** Where the broker listens for a line, and where it says that it does. */
  readonly lines: readonly { readonly inner: number; readonly outer: number }[];
  readonly keystore: string | undefined;
}

function serverProperties({ id, voters, folder, ports, brokers, proxy, lines, keystore }: Wanted): Record<string, string | number> {
  const replicas = brokers;
  const listeners = [`OPEN://127.0.0.1:${ports.open}`, `GUARDED://127.0.0.1:${ports.sasl}`];
  if (keystore) listeners.push(`ENCRYPTED://localhost:${ports.tls}`);
  const inner = lines.map((line, i) => `LINE${i}://127.0.0.1:${line.inner}`);
  const outer = lines.map((line, i) => `LINE${i}://127.0.0.1:${line.outer}`);
  const plain = lines.map((_, i) => `,LINE${i}:PLAINTEXT`).join('');
  return {
    ...shippedProperties(),
    // One broker alone has no second copy.
    ...(brokers < 3 && { 'min.insync.replicas': 1, 'default.replication.factor': brokers }),
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters,
    'controller.listener.names': 'CONTROLLER',
    listeners: [
      ...listeners,
      ...inner,
      ...(proxy ? [`PROXIED://127.0.0.1:${ports.behind}`] : []),
      `CONTROLLER://127.0.0.1:${ports.control}`,
    ].join(','),
    'advertised.listeners': [...listeners, ...outer, ...(proxy ? [`PROXIED://127.0.0.1:${proxy}`] : [])].join(','),
    'listener.security.protocol.map': `OPEN:PLAINTEXT,GUARDED:SASL_PLAINTEXT,ENCRYPTED:SSL,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT${plain}`,
    ...Object.fromEntries(lines.map((_, i) => [`listener.name.line${i}.num.network.threads`, 1])),
    ...(keystore && {
      'listener.name.encrypted.ssl.keystore.location': keystore,
      'listener.name.encrypted.ssl.keystore.password': KEYSTORE_PASSWORD,
      'listener.name.encrypted.ssl.keystore.type': 'PKCS12',
    }),
    'inter.broker.listener.name': 'OPEN',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.guarded.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_plummet="right" user_other="right";',
    'log.dirs': join(folder, 'data'),
    'num.network.threads': 2,
    'num.io.threads': 2,
    'num.recovery.threads.per.data.dir': 1,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  };
}

const KEYSTORE_PASSWORD = 'not-a-secret';

/** A key that signed itself, by Java's own tool. */
function keyPair(folder: string): { keystore: string; certificate: string } {
  const keystore = join(folder, 'keys.p12');
  const pem = join(folder, 'certificate.pem');
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', KEYSTORE_PASSWORD, '-alias', 'broker'];
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost'];
  execFileSync('keytool', ['-genkeypair', ...store, '-keyalg', 'EC', '-validity', '2', ...names], { stdio: 'ignore' });
  execFileSync('keytool', ['-exportcert', ...store, '-rfc', '-file', pem], { stdio: 'ignore' });
  return { keystore, certificate: readFileSync(pem, 'utf8') };
}
