/** One life of Plummet, all of it by a seed: where its processes run, faults at any moment, perhaps a fall; and how it ends. */
import { configure } from '@plummet/sdk';
import { prng } from '../support/prng.ts';
import { Shop } from '../support/shop.ts';
import { APART, TWINS, World, YAML_WITHOUT_SEARCHES } from '../support/world.ts';
import type { Fault, Scene } from './fault.ts';
import { FAULTS } from './faults.ts';
import { judge, type Unsure } from './judge.ts';

// What cannot be delivered meanwhile is what is being tried.
configure({ onWarning: () => undefined });

const SECOND = 1000;
const APPS = 4;
/** Some ten orders a second: enough to be sure of a total loss within seconds. Now and then four times as many: then less is sure. */
const SIZE = 0.25;
/** A block of `events` ends every five seconds or so. */
const SKIPPED = 9;

/** Everything is as usual for so long, before and after. */
const BEFORE_MS = 12 * SECOND;
const AFTER_MS = 25 * SECOND;
const FAULTS_WITHIN_MS = 22 * SECOND;
/** The seconds around a page are those in which most can go wrong. */
const AROUND_PAGE_MS = { from: -SECOND, to: 8 * SECOND } as const;

interface Fall {
  readonly name: string;
  /** With everything well again it is paged within so long. */
  readonly seenWithinMs: number;
  /** What apps had not delivered when they died is as lost as what they never did: the fall may seem to begin before. */
  readonly fromMs: number;
  begin(shop: Shop): void;
}

const BREAKS: Fall = { name: 'the checkout breaks', seenWithinMs: AFTER_MS, fromMs: 0, begin: (shop) => shop.act('break-checkout') };
const LOSES: Fall = { name: 'payments are lost', seenWithinMs: 60 * SECOND, fromMs: 0, begin: (shop) => shop.act('lose-payments') };
const DIE: Fall = { name: 'all apps die', seenWithinMs: AFTER_MS, fromMs: -5 * SECOND, begin: (shop) => shop.kill() };
const FALLS: readonly Fall[] = [BREAKS, BREAKS, BREAKS, LOSES, DIE];

export interface Life {
  readonly story: string;
  /** What does not hold. */
  readonly wrong: readonly string[];
  /** From the fall to the page; null where there was none of either. */
  readonly delayMs: number | null;
}

export async function live(seed: number): Promise<Life> {
  const life = new Living(seed);
  await life.begin();
  await life.suffer();
  return life.end();
}

class Living {
  readonly #random: () => number;
  readonly #alone: boolean;
  readonly #world: World;
  readonly #story: string[];
  readonly #unsure: Unsure[] = [];
  #shop!: Shop;
  #fall: Fall | null = null;
  /** Monotonic ms of the world. */
  #fellAt: number | null = null;
  #faultsLeft = 0;

  constructor(seed: number) {
    // A generator of its own, so that another delay on the way moves no fault.
    this.#random = prng(seed * 7919);
    this.#alone = this.#random() < 0.25;
    const hosts = this.#alone ? TWINS.slice(0, 1) : this.#random() < 0.3 ? APART : TWINS;
    const size = this.#random() < 0.3 ? 4 * SIZE : SIZE;
    const [logMs, mailMs] = [this.#random() < 0.3 ? 40 * this.#random() : 0, this.#random() < 0.6 ? 1200 * this.#random() : 0];
    this.#world = new World(seed, { size, yaml: YAML_WITHOUT_SEARCHES, hosts, skipped: SKIPPED, logMs, mailMs });
    this.#story = [
      `seed ${seed}: ${hosts.map(({ name }) => name).join(', ')}; ${size * 50} orders/s, mail takes up to ${Math.round(2 * mailMs)} ms`,
    ];
    for (const { machine } of this.#world.hosts) machine.wrongMs = Math.round(100 * (this.#random() - 0.5));
  }

  async begin(): Promise<void> {
    await this.#world.rehearse();
    this.#world.start();
    this.#shop = new Shop(this.#world, { apps: APPS, searches: false });
    await this.#world.clock.advance(BEFORE_MS);
  }

  /** Faults and a fall begin within some seconds of each other; all faults end. */
  async suffer(): Promise<void> {
    const { clock } = this.#world;
    const random = this.#random;
    const fallsIn = (FAULTS_WITHIN_MS - AROUND_PAGE_MS.to) * random();
    if (random() < 0.65) this.#fall = FALLS[Math.floor(FALLS.length * random())] as Fall;
    clock.after(fallsIn, () => this.#breaks());
    for (const fault of this.#chosen()) {
      const around = fallsIn + AROUND_PAGE_MS.from + (AROUND_PAGE_MS.to - AROUND_PAGE_MS.from) * random();
      const within = FAULTS_WITHIN_MS * random();
      this.#faultsLeft++;
      clock.after(random() < 0.5 ? around : within, () => void this.#begins(fault));
    }
    await clock.advance(FAULTS_WITHIN_MS);
    while (this.#faultsLeft > 0) await clock.advance(SECOND);
    await clock.advance(this.#fall?.seenWithinMs ?? AFTER_MS);
  }

  async end(): Promise<Life> {
    const { clock, postOffice } = this.#world;
    const wrong = judge(this.#world, { unsure: this.#unsure, fellAt: this.#fellAt, fromMs: this.#fall?.fromMs ?? 0 });
    const paged = postOffice.arrived[0]?.at;
    const delayMs = paged === undefined || this.#fellAt === null ? null : paged - this.#fellAt;
    await this.#shop.close();
    await clock.advance(3 * SECOND);
    await this.#world.stop();
    const counted = this.#world.counted();
    for (const [type, published] of this.#shop.published) {
      const n = counted.get(type) ?? 0;
      if (n > published || n < published - this.#shop.undelivered) wrong.push(`${n} of ${published} ${type} are counted`);
    }
    const mails = postOffice.arrived.map(({ at, from, message }) => said(at, `${from} sends ${message.facts.subject}`));
    const story = [...this.#story, ...mails, ...wrong.map((what) => `WRONG: ${what}`)].join('\n');
    return { story, wrong, delayMs };
  }

  /** Which faults may come together in one life. */
  #chosen(): Fault[] {
    const random = this.#random;
    const some: Fault[] = [];
    for (let left = 1 + Math.floor(4 * random()); left > 0; left--) {
      const fault = FAULTS[Math.floor(random() * FAULTS.length)] as Fault;
      if (some.includes(fault)) continue;
      const clocks = some.some(({ wrongsClocks }) => wrongsClocks);
      const restarts = some.some((other) => other.restarts);
      // Two clocks that are wrong alike cannot be told from the truth.
      if (fault.wrongsClocks && clocks) continue;
      // Alone, most of the clocks that log time is the median of are one machine's.
      if (this.#alone && ((fault.wrongsClocks && (restarts || fault.restarts)) || (fault.restarts && clocks))) continue;
      some.push(fault);
    }
    return some;
  }

  async #begins(fault: Fault): Promise<void> {
    const { clock } = this.#world;
    const own: Unsure[] = [];
    const scene: Scene = {
      ...{ world: this.#world, shop: this.#shop, random: this.#random, tell: (what) => this.#tell(what) },
      unsure: ({ name }, isMute = false) => {
        const one = { host: name, isMute, from: clock.monotonic(), to: Number.POSITIVE_INFINITY };
        own.push(one);
        this.#unsure.push(one);
      },
    };
    await fault.run(scene);
    for (const one of own) one.to = clock.monotonic();
    this.#faultsLeft--;
  }

  #breaks(): void {
    if (!this.#fall) return;
    this.#fellAt = this.#world.clock.monotonic();
    this.#tell(this.#fall.name);
    this.#fall.begin(this.#shop);
  }

  #tell(what: string): void {
    this.#story.push(said(this.#world.clock.monotonic(), what));
  }
}

const said = (ms: number, what: string): string => `${(ms / SECOND).toFixed(2).padStart(6)} ${what}`;
