/** One of Plummet's processes on a machine of its own, which outlives it: started, killed, stopped, cut off, started again. */

import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import { oneSecret } from '../../alerting/delivery/links.ts';
import { type Pipeline, startPipeline } from '../../app/pipeline.ts';
import type { Role } from '../../app/roles.ts';
import type { Slice } from '../../detectors/counting/slices.ts';
import { createIntake, type Intake } from '../../ingest/intake.ts';
import type { Config } from '../../platform/config/load.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { fair, Link, type Weather } from './link.ts';
import { LinkedLog } from './linked-log.ts';
import { Machine, never, type Process } from './machine.ts';
import type { World } from './world.ts';

export interface HostOptions {
  readonly name: string;
  readonly replica: Replica;
  readonly roles: readonly Role[];
  readonly slice?: Slice;
}

interface Running {
  readonly process: Process;
  readonly intake: Intake;
  readonly pipeline: Pipeline;
}

export class Host {
  readonly name: string;
  readonly replica: Replica;
  readonly roles: readonly Role[];
  readonly machine: Machine;
  /** Its way to the event log, and to the mail server. */
  readonly log: Weather;
  readonly mail: Weather;
  readonly #world: World;
  readonly #slice: Slice | undefined;
  #running: Running | null = null;

  constructor(world: World, { name, replica, roles, slice }: HostOptions) {
    this.#slice = slice;
    this.#world = world;
    this.name = name;
    this.replica = replica;
    this.roles = roles;
    this.machine = new Machine(name, world.clock);
    this.log = fair(world.logMs);
    this.mail = fair(world.mailMs);
  }

  get isGateway(): boolean {
    return this.roles.includes('ingest');
  }

  /** Null while nothing runs there. */
  get process(): Process | null {
    return this.#running && !this.#running.process.isDead ? this.#running.process : null;
  }

  start(): void {
    if (this.process) return;
    const { random, topics, config, telemetry, postOffice, disk } = this.#world;
    const process = this.machine.spawn();
    const log = new LinkedLog(disk, new Link(process, this.log, random));
    const common = { log, topics, clock: process, telemetry };
    const notifier = postOffice.notifier(new Link(process, this.mail, random));
    const pipeline = startPipeline({
      ...common,
      by: `${this.replica}-${Math.floor(random() * 1e6)}`,
      clockName: this.name,
      replica: this.replica,
      roles: this.roles,
      slice: this.#slice,
      config,
      secrets: oneSecret(new Uint8Array(32).fill(7)),
      publicUrl: 'http://127.0.0.1:8080',
      notifiers: () => new Map([[notifier.channel, notifier]]),
    });
    this.#running = { process, intake: createIntake({ ...common, clockName: this.name }), pipeline };
  }

  /** kill -9. */
  kill(): void {
    this.#running?.process.kill();
    this.#running = null;
  }

  /** Has read another configuration. @param from  the second from which it holds */
  retune(config: Config, from: number): void {
    void this.#running?.pipeline.retune(config, from);
  }

  /** Drains and ends. */
  async stop(): Promise<void> {
    const running = this.process && this.#running;
    await running?.pipeline.stop();
    running?.process.kill();
    this.#running = null;
  }

  /** A request over HTTP: refused where nothing listens, broken off where the process dies over it. */
  async take(body: string): Promise<number> {
    const running = this.process && this.#running;
    if (!running) throw new Error(`${this.name}: connection refused`);
    const { process, intake } = running;
    const died = new Promise<never>((_, reject) => process.onDeath(() => reject(new Error(`${this.name}: connection reset`))));
    died.catch(() => undefined);
    const answering = async (): Promise<number> => {
      for (let waiting = process.awake(); waiting; waiting = process.awake()) await waiting;
      if (process.isDead) return never();
      const answer = await intake.take({ contentType: BATCH_CONTENT_TYPE, headers: {}, body });
      for (let waiting = process.awake(); waiting; waiting = process.awake()) await waiting;
      return answer.status;
    };
    return Promise.race([answering(), died]);
  }
}
