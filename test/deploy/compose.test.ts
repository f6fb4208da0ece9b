/** Without Docker: the files that it would be given, put together by the very program that Kafka's image runs, and started. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import type { Diagnosis } from '../../platform/units/diagnosis.ts';
import { Broker } from '../support/kafka/broker.ts';
import { jarsFolder } from '../support/kafka/jars.ts';
import { type Properties, propertiesOf, SHIPPED_FILE, shippedProperties } from '../support/kafka/shipped.ts';
import { freePort } from '../support/ports.ts';
import { eventually, plummet, temporaryFolder } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
}

const COMPOSE = parse(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
/** Five times what three brokers take to meet, and a doctor to look at them, on a busy machine. */
const WELL_WITHIN_MS = 200_000;
const NODES = [1, 2, 3];
const NAMES = NODES.map((node) => `kafka-${node}`);

const configOf = (): Config => {
  const text = readFileSync(join(ROOT, 'deploy/plummet.yaml'), 'utf8');
  const { config, errors } = loadConfig(text, { file: 'deploy/plummet.yaml', env: {} });
  expect(errors).toEqual([]);
  return config!;
};

test('the YAML beside it names the brokers and the database that it starts', () => {
  const { kafka, store } = configOf();
  const published = NAMES.map((name) => COMPOSE.services[name]!.ports[0]!.replace(/:\d+$/, ''));
  expect(kafka?.brokers).toEqual(published);
  const advertised = NAMES.map(
    (name) => /OUTSIDE:\/\/(\S+)$/.exec(String(COMPOSE.services[name]!.environment.KAFKA_ADVERTISED_LISTENERS))?.[1],
  );
  expect(advertised).toEqual(published);
  const { environment, ports } = COMPOSE.services.clickhouse!;
  const password = /:-(.+)}$/.exec(String(environment.CLICKHOUSE_PASSWORD))?.[1];
  const { username, password: ours, host, pathname } = new URL(store!.url!);
  expect([username, ours, pathname.slice(1)]).toEqual([environment.CLICKHOUSE_USER, password, environment.CLICKHOUSE_DB]);
  expect(ports).toEqual([`${host}:8123`]);
});

test('every volume is one that is declared, or a folder that is there; every port is this machine’s own', () => {
  for (const { volumes, ports } of Object.values(COMPOSE.services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('.')) expect(volume).toBe('./kafka:/mnt/shared/config:ro');
      else expect(Object.keys(COMPOSE.volumes)).toContain(from);
    }
  }
});

test('nothing under `environment` overrides what is shipped', () => {
  const shipped = Object.keys(shippedProperties());
  for (const name of NAMES) {
    const own = Object.keys(COMPOSE.services[name]!.environment).map((key) =>
      key
        .replace(/^KAFKA_/, '')
        .toLowerCase()
        .replaceAll('_', '.'),
    );
    expect(own.filter((key) => shipped.includes(key))).toEqual([]);
  }
});

test('the image is of the version that is tested', () => {
  const version = /<kafka\.version>([\d.]+)</.exec(readFileSync(join(ROOT, 'test/support/kafka/pom.xml'), 'utf8'))?.[1];
  expect(version).toMatch(/^4\./);
  expect(NAMES.map((name) => COMPOSE.services[name]!.image)).toEqual(NAMES.map(() => `apache/kafka:${version}`));
});

test('the YAML of docs/production.md is valid', () => {
  const place = temporaryFolder();
  onTestFinished(place.remove);
  writeFileSync(join(place.path, 'ca.pem'), '-----BEGIN CERTIFICATE-----');
  const yaml = /```yaml\n([\s\S]+?)```/.exec(readFileSync(join(ROOT, 'docs/production.md'), 'utf8'))?.[1] ?? '';
  const names = [...yaml.matchAll(/\$\{(\w+)}/g)].map(([, name]) => name as string);
  const env = { ...Object.fromEntries(names.map((name) => [name, 'sixteen-or-more-characters'])), SMTP_URL: 'smtps://mail.example.com' };
  const { config, errors, warnings } = loadConfig(yaml, { file: join(place.path, 'plummet.yaml'), env });
  expect([...errors, ...warnings]).toEqual([]);
  expect(config?.kafka?.brokers).toHaveLength(3);
});

const folder = temporaryFolder();
let brokers: Broker[] = [];
let settings: Properties[] = [];

beforeAll(async () => {
  const ports = await Promise.all(
    NODES.map(async () => ({ inside: await freePort(), control: await freePort(), outside: await freePort() })),
  );
  settings = NODES.map((node) => imageSettings(node, ports));
  brokers = NODES.map((node) => {
    return new Broker({
      id: node,
      folder: join(folder.path, `broker-${node}`),
      port: ports[node - 1]!.outside,
      properties: settings[node - 1]!,
      jars: jarsFolder(),
    });
  });
  await Promise.all(brokers.map((broker) => broker.start()));
}, 300_000);

afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker.signal('SIGKILL')));
  folder.remove();
});

interface Ports {
  readonly inside: number;
  readonly control: number;
  readonly outside: number;
}

/** What the image's own program makes of file and environment; it formats the storage, too. */
function imageSettings(node: number, ports: readonly Ports[]): Properties {
  const mine = ports[node - 1]!;
  const own = join(folder.path, `image-${node}`);
  const here = (text: string): string =>
    text
      .replace(/kafka-(\d):9092/g, (_, other) => `127.0.0.1:${ports[Number(other) - 1]!.inside}`)
      .replace(/kafka-(\d):9093/g, (_, other) => `127.0.0.1:${ports[Number(other) - 1]!.control}`)
      .replace('INSIDE://:9092', `INSIDE://127.0.0.1:${mine.inside}`)
      .replace('CONTROLLER://:9093', `CONTROLLER://127.0.0.1:${mine.control}`)
      .replace('OUTSIDE://:19092', `OUTSIDE://127.0.0.1:${mine.outside}`)
      .replace(/OUTSIDE:\/\/127\.0\.0\.1:909\d/, `OUTSIDE://127.0.0.1:${mine.outside}`)
      .replace('/var/lib/kafka/data', join(own, 'data'));
  const environment = Object.entries(COMPOSE.services[`kafka-${node}`]!.environment).map(([key, value]) => [key, here(String(value))]);
  const defaults = join(own, 'defaults');
  const final = join(own, 'final');
  for (const path of [defaults, final]) mkdirSync(path, { recursive: true });
  // As in the image: there, and empty.
  for (const file of ['server.properties', 'log4j2.yaml', 'tools-log4j2.yaml']) writeFileSync(join(defaults, file), '');
  const folders = ['--default-configs-dir', defaults, '--mounted-configs-dir', dirname(SHIPPED_FILE), '--final-configs-dir', final];
  const java = [
    '-Xmx128m',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    join(jarsFolder(), '*'),
    'kafka.docker.KafkaDockerWrapper',
    'setup',
    ...folders,
  ];
  execFileSync('java', java, { env: { PATH: process.env.PATH, ...Object.fromEntries(environment) }, stdio: 'pipe' });
  return propertiesOf(readFileSync(join(final, 'server.properties'), 'utf8'));
}

test('the brokers that it starts have every setting that is shipped', () => {
  for (const one of settings) expect(one).toMatchObject(shippedProperties());
});

/** What the doctor says of Kafka, by a YAML that names all three. */
async function asked(): Promise<Diagnosis[]> {
  const file = join(folder.path, 'plummet.yaml');
  const eventlog = `eventlog: { kafka: { brokers: ${JSON.stringify(addresses())} } }`;
  writeFileSync(file, `metrics: { searches: { event: search.run, kind: read } }\n${eventlog}\nstore: none\n`);
  const { stdout } = await plummet(['doctor', '--config', file, '--json']);
  const { parts } = JSON.parse(stdout) as { parts: { part: string; findings: Diagnosis[] }[] };
  return parts.find(({ part }) => part.startsWith('event log'))!.findings;
}

const addresses = (): string[] => brokers.map(({ port }) => `127.0.0.1:${port}`);

test('and the doctor finds nothing to say of them', async () => {
  // Brokers that have just begun may not have met each other yet.
  const findings = await eventually('a doctor who has nothing to say', WELL_WITHIN_MS, async () => {
    const found = await asked();
    return found.every(({ is }) => is === 'well') && found;
  });
  expect(findings.filter(({ of }) => /^broker \d at/.test(of)).map(({ of }) => of)).toEqual(
    addresses().map((one, i) => `broker ${i + 1} at ${one}`),
  );
  expect(findings.find(({ of }) => of === 'broker.session.timeout.ms')?.says).toMatch(/^2000: .* about 4 s/);
}, 240_000);

test('and names the one that is killed, and what cannot be made without it', async () => {
  await brokers[1]!.signal('SIGKILL');
  const findings = await eventually('a doctor who misses it', WELL_WITHIN_MS, async () => {
    const found = await asked();
    return found.some(({ of, is }) => of === 'topics' && is === 'ill') && found;
  });
  expect(findings.find(({ of }) => of === `broker at ${addresses()[1]}`)).toMatchObject({
    is: 'warning',
    says: expect.stringMatching(/Nothing listens at that address/),
  });
  expect(findings.find(({ of }) => of === 'topics')?.says).toMatch(/should have 3 copies, but 2 brokers are up\. Start the others/);
}, 240_000);
