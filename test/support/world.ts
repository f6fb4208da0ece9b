/**
 * The whole of Plummet in one process, on a clock and an event log that a test moves: apps with the real sdk, the real intake,
 * every step, and people with mailboxes. Deterministic by seed: an hour takes seconds.
 */
import { connect, type Delivery, DomainEvent, type Letter, type Outcome, type Transport } from '@plummet/sdk';
import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import { type Pipeline, startPipeline } from '../../app/pipeline.ts';
import { rehearse } from '../../app/rehearsal.ts';
import { ROLES } from '../../app/roles.ts';
import { type Action, poisson, ShopTraffic } from '../../examples/shop/traffic.ts';
import { createIntake, type Intake } from '../../ingest/intake.ts';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { decodeJournal, type JournalLine } from '../../platform/topics/incidents.ts';
import { metricOf } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { sleep } from '../../platform/units/clock.ts';
import { ManualClock } from './clock.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { FakeChannel } from './people.ts';
import { prng } from './prng.ts';

const YAML = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:25", from: plummet@shop.example }
`;

/** What a Plummet process is here: killed, it leaves nothing but what the event log has. */
interface Node {
  readonly log: MemoryLog;
  readonly intake: Intake;
  readonly pipeline: Pipeline;
}

export class World {
  readonly clock = new ManualClock();
  readonly topics = topics();
  readonly random: () => number;
  readonly disk: MemoryLog;
  readonly mailbox: FakeChannel;
  readonly told: { name: string; fields: Fields }[] = [];
  readonly config: Config;
  #node: Node | null = null;

  /** Of its shop: 1 = some 50 orders a second. */
  readonly size: number;

  constructor(seed: number, { size = 1, yaml = YAML }: { size?: number; yaml?: string } = {}) {
    this.size = size;
    this.random = prng(seed);
    this.disk = memoryLog({ clock: this.clock });
    this.mailbox = new FakeChannel('email', this.clock);
    const { config, errors } = loadConfig(yaml, { file: 'world.yaml', env: {} });
    if (!config) throw new Error(errors.map(({ message }) => message).join('\n'));
    this.config = config;
  }

  /** As if the shop had been watched all week. */
  async rehearse(): Promise<void> {
    await rehearse({ log: this.disk, topics: this.topics, metrics: this.config.metrics, now: this.clock.wall(), size: this.size });
  }

  start(): void {
    const log = this.disk.another();
    const telemetry: Telemetry = telemetryTo((name, _entry, fields) => this.told.push({ name, fields }));
    const common = { log, topics: this.topics, clock: this.clock, telemetry };
    const pipeline = startPipeline({
      ...common,
      by: `a-${Math.floor(this.random() * 1e6)}`,
      replica: 'a',
      roles: ROLES,
      config: this.config,
      secret: new Uint8Array(32).fill(7),
      publicUrl: 'http://127.0.0.1:8080',
      notifiers: () => new Map([[this.mailbox.channel, this.mailbox]]),
    });
    this.#node = { log, intake: createIntake(common), pipeline };
  }

  /** kill -9: no reader hears anything more, no append is answered. */
  kill(): void {
    this.#node?.log.kill();
    this.#node = null;
  }

  async stop(): Promise<void> {
    const stopping = this.#node?.pipeline.stop();
    this.#node = null;
    let stopped = stopping === undefined;
    stopping?.then(() => {
      stopped = true;
    });
    while (!stopped) await this.clock.advance(100);
  }

  /** The way from an app to the gateway: some milliseconds, and nothing while the process is down or the network cut. */
  network(): Transport & { cut: boolean } {
    const network = {
      name: 'simulated',
      cut: false,
      send: async (letter: Letter): Promise<Outcome> => {
        await sleep(this.clock, 1 + 4 * this.random());
        const node = this.#node;
        if (!node || network.cut) return { is: 'later', why: 'nobody answers' };
        const answer = await node.intake.take({ contentType: BATCH_CONTENT_TYPE, headers: {}, body: letter.text() });
        await sleep(this.clock, 1 + 4 * this.random());
        // An answer that a cut or a kill swallows: the batch may be there all the same.
        if (network.cut || node !== this.#node) return { is: 'later', why: 'the answer was lost' };
        return answer.status === 202 ? { is: 'accepted' } : { is: 'later', why: String(answer.status) };
      },
      close: () => undefined,
    };
    return network;
  }

  journal(): JournalLine[] {
    return this.disk.records(this.topics.incidents, 0).map(decodeJournal);
  }

  /** Events counted, by type: whole counts added up as any reader would. */
  counted(): Map<string, number> {
    const blocks = new Map<string, { to: number; rows: Map<string, number> }>();
    for (const record of this.disk.records(this.topics.counts, 0)) {
      const { partition, block, to, rows } = decodeCounts(record);
      const key = `${partition} ${block}`;
      const known = blocks.get(key) ?? { to: 0, rows: new Map<string, number>() };
      blocks.set(key, known);
      if (to < known.to) continue;
      known.to = to;
      for (const [series, second, n] of rows) known.rows.set(`${metricOf(series)} ${second}`, n);
    }
    const events = new Map(this.config.metrics.map(({ name, event }) => [name, event]));
    const counted = new Map<string, number>();
    for (const { rows } of blocks.values()) {
      for (const [key, n] of rows) {
        const type = events.get(key.split(' ')[0] as string) as string;
        counted.set(type, (counted.get(type) ?? 0) + n);
      }
    }
    return counted;
  }

  /** Mails by what they say: `page`, `resolved`, … */
  mails(): string[] {
    return this.mailbox.arrived.map(({ message }) => message.facts.kind);
  }
}

const PORTION_MS = 100;

/** A shop of several app processes, each with an sdk of its own; what it published is in the ledger. */
export class Shop {
  readonly network: Transport & { cut: boolean };
  readonly deliveries: Delivery[] = [];
  /** Events published, by type. */
  readonly published = new Map<string, number>();
  readonly #world: World;
  readonly #traffic: ShopTraffic;
  readonly #openedAt: number;
  #closed = false;

  constructor(world: World, { apps = 2 }: { apps?: number } = {}) {
    this.#world = world;
    this.#traffic = new ShopTraffic(world.random, world.size);
    this.#openedAt = (world.clock.wall() - world.clock.monotonic()) / 1000;
    this.network = world.network();
    for (let i = 0; i < apps; i++) this.#app(`shop-${i}`, apps);
  }

  /** Visitors do not look at the app's clock. */
  #seconds(): number {
    return this.#openedAt + this.#world.clock.monotonic() / 1000;
  }

  act(action: Action): void {
    this.#traffic.act(action, this.#seconds());
  }

  /** The apps end cleanly. */
  async close(): Promise<void> {
    this.#closed = true;
    let left = this.deliveries.length;
    for (const delivery of this.deliveries) void delivery.close().then(() => left--);
    while (left > 0) await this.#world.clock.advance(100);
  }

  #app(name: string, apps: number): void {
    class OrderPlaced extends DomainEvent<{ amount: number }> {
      static readonly type = 'order.placed';
    }
    class PaymentTaken extends DomainEvent<{ amount: number }> {
      static readonly type = 'payment.taken';
    }
    class SearchRun extends DomainEvent {
      static readonly type = 'search.run';
    }
    const { clock, random } = this.#world;
    const delivery = connect({ via: this.network, clock, random, producer: name });
    this.deliveries.push(delivery);
    for (const event of [OrderPlaced, PaymentTaken, SearchRun]) event.notifies(delivery);
    const publish = (type: string, what: () => void): void => {
      what();
      this.published.set(type, (this.published.get(type) ?? 0) + 1);
    };
    const visit = (): void => {
      if (this.#closed) return;
      const { orders, paid, searches } = this.#traffic.at(this.#seconds());
      const share = PORTION_MS / 1000 / apps;
      for (let left = poisson(orders * share, random); left > 0; left--) {
        publish('order.placed', () => new OrderPlaced({ amount: 42 }).publish());
        if (random() < paid) publish('payment.taken', () => new PaymentTaken({ amount: 42 }).publish());
      }
      for (let left = poisson(searches * share, random); left > 0; left--) publish('search.run', () => new SearchRun().publish());
      clock.after(PORTION_MS, visit);
    };
    clock.after(PORTION_MS * random(), visit);
  }
}
