/**
 * All of Plummet in real processes: three Kafka brokers, a ClickHouse server behind a proxy, a mail server, both replicas of every role,
 * three apps. What a fault needs to take hold of is a field of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../../app/roles.ts';
import type { Store } from '../../platform/store/store.ts';
import { kafkaOptions } from '../platform/eventlog/kafka/options.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import { DeafProxy } from '../support/deaf-proxy.ts';
import { type KafkaForTests, type KafkaLine, startKafka } from '../support/kafka/kafka.ts';
import { teach } from '../support/learned.ts';
import { Mailbox } from '../support/mailbox.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, temporaryFolder } from '../support/process.ts';
import { testStore } from '../support/stores.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import { App, Member, type Replica } from './process.ts';
import { CRITICAL, METRIC_OF, RATES, shopYaml } from './shop.ts';

/** Two cores carry three processes a replica; roles that share one die together. */
const GROUPS: Readonly<Record<string, readonly Role[]>> = {
  ingest: ['ingest'],
  detectors: ['detectors'],
  alerting: ['alerting', 'dashboards'],
};
const REPLICAS: readonly Replica[] = ['a', 'b'];
export const PARTITIONS = 6;
/** One app a partition, so that one partition away is a third of everything. */
const APPS = 3;
const STEADY_WITHIN_MS = 90_000;
/** So long every metric must have been decided on without a hole before the next fault. */
const STEADY_MS = 3000;
const FRESH_MS = 3000;
const CLOSED_WITHIN_MS = 10_000;

export class World {
  readonly random: () => number;
  readonly books = new Ledger();
  readonly members = new Map<string, Member>();
  readonly apps: App[] = [];
  readonly folder = temporaryFolder();
  kafka!: KafkaForTests;
  clickhouse!: ClickHouse;
  /** On the way of every process to the store. */
  storeProxy!: DeafProxy;
  mailbox!: Mailbox;
  observer!: Observer;
  /** By a way of its own. */
  store!: Store;
  topicPrefix = '';

  private constructor(seed: number) {
    this.random = prng(seed);
  }

  /** Resolves when every metric is decided on as normal. */
  static async open(seed: number): Promise<World> {
    const world = new World(seed);
    try {
      await world.#open();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  member(group: string, replica: Replica): Member {
    return this.members.get(`${group}-${replica}`) as Member;
  }

  /** Both replicas of a group. */
  twins(group: string): Member[] {
    return REPLICAS.map((replica) => this.member(group, replica));
  }

  line(name: string): KafkaLine {
    return this.kafka.lines.get(name) as KafkaLine;
  }

  /** One of several, as the seed will have it. */
  pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.random() * of.length)] as T;
  }

  between(least: number, most: number): number {
    return least + this.random() * (most - least);
  }

  /** Waits until every metric that is up is decided on again and nothing of the apps waits. */
  async steady(withinMs = STEADY_WITHIN_MS): Promise<void> {
    let since = performance.now();
    await eventually('a steady world', withinMs, async () => {
      const problem = this.#unsteady();
      if (problem) {
        since = performance.now();
        throw new Error(problem);
      }
      return performance.now() - since >= STEADY_MS;
    });
  }

  /** Whatever part does not end in time is left behind: the process that holds it ends next. */
  async close(): Promise<void> {
    const parts: (() => Promise<unknown> | undefined)[] = [
      () => Promise.all(this.apps.map((app) => app.kill())),
      () => Promise.all([...this.members.values()].map((member) => member.kill('SIGKILL'))),
      () => this.observer?.close(),
      () => this.store?.close(),
      () => this.kafka?.stop(),
      () => this.storeProxy?.close(),
      () => this.clickhouse?.stop(),
      () => this.mailbox?.close(),
    ];
    for (const part of parts) await Promise.race([part(), pause(CLOSED_WITHIN_MS, undefined, { ref: false })]);
    this.folder.remove();
  }

  async #open(): Promise<void> {
    const names = [...Object.keys(GROUPS).flatMap((group) => REPLICAS.map((replica) => `${group}-${replica}`)), 'apps'];
    [this.kafka, this.clickhouse, this.mailbox] = await Promise.all([
      startKafka({ brokers: 3, own: true, lines: names }),
      ClickHouse.start(),
      Mailbox.open(),
    ]);
    const database = freshDatabase();
    this.storeProxy = await DeafProxy.to(this.clickhouse.port);
    const storeUrl = new URL(this.clickhouse.url({ database }));
    this.store = testStore({ url: storeUrl.href });
    storeUrl.port = String(this.storeProxy.port);
    const options = kafkaOptions(this.kafka.brokers, { partitions: { events: PARTITIONS, counts: 1 } });
    this.topicPrefix = options.topicPrefix;
    const yaml = shopYaml({ smtp: this.mailbox.url, topicPrefix: this.topicPrefix, partitions: PARTITIONS });
    const { path } = this.folder;
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'plummet.yaml'), yaml);
    const rates = Object.fromEntries([...METRIC_OF].map(([type, metric]) => [metric, RATES[type] as number]));
    const direct = { KAFKA_BROKERS: this.kafka.brokers.join(','), STORE_URL: storeUrl.href };
    await teach({ data: join(path, 'teacher'), yaml, rates, random: this.random, env: direct });
    this.observer = await Observer.open(options);
    await this.#placeMembers(storeUrl.href);
    // Detectors that know a metric and find no app would page, and rightly.
    await Promise.all(this.twins('ingest').map((member) => member.start()));
    for (let i = 0; i < APPS; i++) this.startApp().start(Math.floor(this.random() * 1e9));
    await eventually('apps that deliver', STEADY_WITHIN_MS, async () => this.apps.every(({ report }) => report.delivered > 0));
    const others = [...this.members.values()].filter(({ lives }) => !lives);
    await Promise.all(others.map((member) => member.start()));
    await this.steady();
  }

  async #placeMembers(storeUrl: string): Promise<void> {
    for (const [group, roles] of Object.entries(GROUPS)) {
      for (const replica of REPLICAS) {
        const name = `${group}-${replica}`;
        const { brokers, proxies } = this.line(name);
        const env = { KAFKA_BROKERS: brokers.join(','), STORE_URL: storeUrl, PLUMMET_LOG: 'warn' };
        const place = { name, replica, roles, port: await freePort(), folder: this.folder.path, proxies, env };
        this.members.set(name, new Member(place));
      }
    }
  }

  /** Another app beside the first, by the same way, with the same usual rates; its events go to a partition that no other uses. */
  startApp(): App {
    const [a, b] = this.twins('ingest').map(({ url }) => url) as [string, string];
    const kafka = { brokers: this.line('apps').brokers, topic: `${this.topicPrefix}events` };
    const ways = [{ gateways: [a, b] }, { gateways: [b, a] }, { kafka }];
    const i = this.apps.length;
    const rates = Object.fromEntries(Object.entries(RATES).map(([type, rate]) => [type, rate / APPS]));
    const order = { name: `shop-${i}`, rates, ...(ways[i % ways.length] as (typeof ways)[number]) };
    const partition = (2 * i + Math.floor(i / APPS)) % PARTITIONS;
    const app = new App(order, { folder: this.folder.path, books: this.books, partition, partitions: PARTITIONS });
    this.apps.push(app);
    return app;
  }

  /** What keeps the world from being steady; empty when nothing does. */
  #unsteady(): string {
    for (const { name, lives } of this.members.values()) if (!lives) return `${name} has ended`;
    for (const { name, lives, isRetired, report } of this.apps) {
      if (isRetired) continue;
      if (!lives) return `${name} does not run`;
      if (report.delivered === 0 || report.queued > 5000) return `${name} has ${report.queued} events waiting (${report.problem})`;
    }
    const now = Date.now();
    const metrics = [...CRITICAL, 'views'];
    const late = metrics.filter((metric) => now - (this.observer.found.get(metric)?.readAt ?? 0) > FRESH_MS);
    if (late.length > 0) return `nobody decides on ${late.join(', ')}`;
    return '';
  }
}
