/** The network between one process and something else: each way takes its time, and may be slow, cut or lossy. */
import { type Clock, sleep } from '@plummet/sdk/clock';
import { never, type Point, type Process } from './machine.ts';

/** How a network is; shared by all links that a fault concerns, and changed while they are used. */
export interface Weather {
  /** Nothing passes; what waits passes once it is over. */
  isCut: boolean;
  /** Added to each way, ms, times 0 to 1: as ever, and while something slows it. */
  readonly usualMs: number;
  slowMs: number;
  /** Of so many of the next ones the answer is lost. */
  answersLost: number;
}

export const fair = (usualMs = 0): Weather => ({ isCut: false, usualMs, slowMs: 0, answersLost: 0 });

/** A request without an answer is given up after so long: whatever it asked for may be done, or yet come. */
const PATIENCE_MS = 4000;
const WAY_MS = { least: 0.3, most: 2 } as const;
const LOOK_AGAIN_MS = 10;

export class NoAnswer extends Error {}

export class Link {
  readonly process: Process;
  readonly weather: Weather;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(process: Process, weather: Weather, random: () => number) {
    this.process = process;
    this.weather = weather;
    this.#clock = process.machine.clock;
    this.#random = random;
  }

  /** One way through the network, in either direction. */
  async way(): Promise<void> {
    const { weather } = this;
    const { least, most } = WAY_MS;
    await sleep(this.#clock, least + (most - least) * this.#random() + (weather.usualMs + weather.slowMs) * this.#random());
    while (weather.isCut) await sleep(this.#clock, LOOK_AGAIN_MS);
  }

  /** Something comes in: once the network lets it and the process runs. */
  async arrive(): Promise<void> {
    await this.way();
    await this.taken();
  }

  async taken(): Promise<void> {
    for (let waiting = this.process.awake(); waiting; waiting = this.process.awake()) await waiting;
  }

  /**
   * Asks for something far away to be done.
   * @throws NoAnswer when no answer came in time
   */
  async ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.process.isDead) return never();
    this.#pass({ what, phase: 'leaves' });
    if (this.process.isDead) return never();
    const answer = this.#there(what, work);
    const patience = new AbortController();
    const late = sleep(this.#clock, PATIENCE_MS, patience.signal).then(() => {
      throw new NoAnswer(`${what}: no answer within ${PATIENCE_MS / 1000} s`);
    });
    try {
      return await Promise.race([answer, late]).finally(() => patience.abort());
    } finally {
      late.catch(() => undefined);
      answer.catch(() => undefined);
      await this.taken();
      this.#pass({ what, phase: 'answered' });
      if (this.process.isDead) await never();
    }
  }

  async #there<T>(what: string, work: () => Promise<T>): Promise<T> {
    await this.way();
    const done = await work();
    this.#pass({ what, phase: 'arrived' });
    if (this.weather.answersLost > 0) {
      this.weather.answersLost--;
      return never();
    }
    await this.way();
    return done;
  }

  #pass(point: Point): void {
    this.process.pass(point);
  }
}
