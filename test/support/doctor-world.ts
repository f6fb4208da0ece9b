/** Servers for `plummet doctor`: a Kafka that is set as it should not be, a ClickHouse, a mailbox; its YAMLs and what it finds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs, { type Admin } from 'kafkajs';
import { expect } from 'vitest';
import type { Diagnosis } from '../../platform/units/diagnosis.ts';
import { ClickHouse } from './clickhouse.ts';
import { type KafkaForTests, startKafka } from './kafka/kafka.ts';
import { Mailbox } from './mailbox.ts';
import { type Ended, plummet, temporaryFolder } from './process.ts';

/** Five times what two runs take where nothing answers: 11 s each. */
export const ANSWERS_MS_MAX = 110_000;

/** Kafka's own, and topics that come by themselves. */
const SLOW = { 'broker.session.timeout.ms': 9000, 'broker.heartbeat.interval.ms': 2000, 'auto.create.topics.enable': 'true' };

interface Parts {
  readonly brokers?: readonly string[];
  readonly prefix?: string;
  /** More of `eventlog.kafka`. */
  readonly more?: string;
  readonly store?: string;
  readonly smtp?: string;
}

interface Servers {
  readonly kafka: KafkaForTests;
  readonly admin: Admin;
  readonly store: ClickHouse;
  readonly mailbox: Mailbox;
}

interface Found {
  readonly code: number | null;
  readonly findings: readonly Diagnosis[];
  /** Of the parts whose name begins so. */
  of(part: string): readonly Diagnosis[];
}

export class DoctorWorld {
  readonly folder = temporaryFolder();
  readonly #servers: Servers | undefined;
  #names = 0;

  private constructor(servers?: Servers) {
    this.#servers = servers;
  }

  static without(): DoctorWorld {
    return new DoctorWorld();
  }

  static async start(): Promise<DoctorWorld> {
    const [kafka, store, mailbox] = await Promise.all([
      startKafka({ own: true, properties: SLOW }),
      ClickHouse.start(),
      Mailbox.open({ auth: { user: 'ana', pass: 'right' } }),
    ]);
    const admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    return new DoctorWorld({ kafka, admin, store, mailbox });
  }

  get kafka(): KafkaForTests {
    return this.#all.kafka;
  }

  get admin(): Admin {
    return this.#all.admin;
  }

  get store(): ClickHouse {
    return this.#all.store;
  }

  get mailbox(): Mailbox {
    return this.#all.mailbox;
  }

  /** A YAML on the servers, but for what is said. */
  yamlOf(parts: Parts = {}): string {
    const prefix = parts.prefix ?? `doctor-${++this.#names}-`;
    const file = join(this.folder.path, `${prefix}.yaml`);
    const brokers = JSON.stringify(parts.brokers ?? this.kafka.brokers);
    const lines = [
      'metrics: { orders: { event: order.placed, kind: write, critical: true } }',
      'people: { ana: { email: ana@shop.example } }',
      `mail: { smtp: "${parts.smtp ?? `smtp://ana:right@127.0.0.1:${this.mailbox.port}`}", from: plummet@shop.example }`,
      `eventlog: { kafka: { brokers: ${brokers}, topic_prefix: "${prefix}", partitions: { events: 3 }${parts.more ?? ''} } }`,
      `store: { clickhouse: { url: "${parts.store ?? this.store.url()}" } }`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  doctor(config: string, ...more: string[]): Promise<Ended> {
    return plummet(['doctor', '--config', config, '--data', join(this.folder.path, 'data'), ...more]);
  }

  async findingsIn(config: string): Promise<Found> {
    const { code, stdout } = await this.doctor(config, '--json');
    const { parts, good } = JSON.parse(stdout) as { good: boolean; parts: { part: string; findings: Diagnosis[] }[] };
    expect(good).toBe(code === 0);
    const of = (part: string) => parts.filter((one) => one.part.startsWith(part)).flatMap(({ findings }) => findings);
    return { code, findings: parts.flatMap(({ findings }) => findings), of };
  }

  async stop(): Promise<void> {
    if (this.#servers !== undefined) {
      const { kafka, admin, store, mailbox } = this.#servers;
      await admin.disconnect();
      await Promise.all([kafka.stop(), store.stop(), mailbox.close()]);
    }
    this.folder.remove();
  }

  get #all(): Servers {
    if (this.#servers === undefined) throw new Error('there are no servers in this world');
    return this.#servers;
  }
}

export function wrongIn(findings: readonly Diagnosis[]): Diagnosis[] {
  return findings.filter(({ is }) => is !== 'well');
}
