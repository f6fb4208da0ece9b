/** A shop of several app processes, each with an sdk and a clock of its own; what it published is in the ledger. */
import { connect, type Delivery, DomainEvent, type Letter, type Outcome, type Transport } from '@plummet/sdk';
import { sleep } from '@plummet/sdk/clock';
import { type Action, poisson, ShopTraffic } from '../../examples/shop/traffic.ts';
import { fair, Link, NoAnswer, type Weather } from './link.ts';
import { Machine, type Process } from './machine.ts';
import type { World } from './world.ts';

const PORTION_MS = 100;

export interface ShopOptions {
  readonly apps?: number;
  /** Searches are many and page nobody. */
  readonly searches?: boolean;
  /** What an order or a payment is worth; 42 where nobody says. */
  readonly amount?: () => number;
}

interface App {
  readonly process: Process;
  readonly delivery: Delivery;
  readonly machine: Machine;
}

export class Shop {
  /** Between every app and every gateway. */
  readonly weather: Weather = fair();
  readonly apps: App[] = [];
  /** Events that died with their app: whether they had arrived nobody knows. */
  undelivered = 0;
  /** Events published, by type. */
  readonly published = new Map<string, number>();
  readonly #world: World;
  readonly #traffic: ShopTraffic;
  readonly #openedAt: number;
  readonly #searches: boolean;
  readonly #amount: () => number;
  #closed = false;

  constructor(world: World, { apps = 2, searches = true, amount = () => 42 }: ShopOptions = {}) {
    this.#world = world;
    this.#traffic = new ShopTraffic(world.random, world.size);
    this.#openedAt = (world.clock.wall() - world.clock.monotonic()) / 1000;
    this.#searches = searches;
    this.#amount = amount;
    for (let i = 0; i < apps; i++) this.#app(`shop-${i}`, apps);
  }

  get deliveries(): Delivery[] {
    return this.apps.map(({ delivery }) => delivery);
  }

  /** Visitors do not look at the app's clock. */
  #seconds(): number {
    return this.#openedAt + this.#world.clock.monotonic() / 1000;
  }

  act(action: Action): void {
    this.#traffic.act(action, this.#seconds());
  }

  /** kill -9 of every app: what they had not delivered is gone. */
  kill(): void {
    for (const { process, delivery } of this.apps) {
      if (process.isDead) continue;
      this.undelivered += delivery.stats().queued;
      process.kill();
    }
  }

  /** The apps end cleanly. */
  async close(): Promise<void> {
    this.#closed = true;
    const living = this.apps.filter(({ process }) => !process.isDead);
    let left = living.length;
    for (const { delivery } of living) void delivery.close().then(() => left--);
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
    const machine = new Machine(name, clock);
    const process = machine.spawn();
    const via = this.#world.hosts
      .filter(({ isGateway }) => isGateway)
      .map((host) => new GatewayTransport(this.#world, host.name, new Link(process, this.weather, random)));
    const delivery = connect({ via, clock: process, random, producer: name });
    this.apps.push({ process, delivery, machine });
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
        publish('order.placed', () => new OrderPlaced({ amount: this.#amount() }).publish());
        if (random() < paid) publish('payment.taken', () => new PaymentTaken({ amount: this.#amount() }).publish());
      }
      if (this.#searches) {
        for (let left = poisson(searches * share, random); left > 0; left--) publish('search.run', () => new SearchRun().publish());
      }
      process.after(PORTION_MS, visit);
    };
    process.after(PORTION_MS * random(), visit);
  }
}

/** One gateway as one app reaches it. */
class GatewayTransport implements Transport {
  readonly name: string;
  readonly #world: World;
  readonly #link: Link;

  constructor(world: World, gateway: string, link: Link) {
    this.#world = world;
    this.name = gateway;
    this.#link = link;
  }

  async send(letter: Letter): Promise<Outcome> {
    try {
      return await this.#link.ask('batch', () => this.#world.gateway(this.name, letter.text()));
    } catch (error) {
      return { is: 'later', why: error instanceof NoAnswer ? error.message : String(error) };
    }
  }

  async probe(): Promise<boolean> {
    await sleep(this.#link.process, 1);
    return this.#world.isUp(this.name);
  }

  close(): void {}
}
