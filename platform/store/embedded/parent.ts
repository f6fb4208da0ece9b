/** Starts the embedded store as a process of its own and starts it again when it dies; nobody ever waits for it. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Telemetry } from '../../telemetry/catalogue.ts';
import { type Clock, sleep, type Timer } from '../../units/clock.ts';
import { DATABASE } from '../connect.ts';
import { StoreError } from '../problem.ts';
import { publishAddress, withdrawAddress } from './address.ts';

/** The first message to the child, and the last. */
export type ChildOrder = { readonly folder: string; readonly key: string; readonly port: number } | { readonly stop: true };

export type ChildAnswer = { readonly port: number } | { readonly unsupported: string } | { readonly failed: string };

export interface EmbeddedOptions {
  /** Where it keeps its data; one process at a time has it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** The built child; only tests that run from the sources name it. */
  readonly childFile?: string;
  /** No other program is told where it answers: it ends soon. */
  readonly unlisted?: boolean;
}

/** Where a store answers. */
export interface Place {
  readonly name: string;
  /** @throws StoreError while it cannot answer there */
  url(): string;
  stop(): Promise<void>;
}

const START_MS_MAX = 20_000;
const STOP_MS_MAX = 3000;
/** Between two starts; doubled as long as it dies again. */
const AGAIN_MS = 500;
const AGAIN_MS_MAX = 10_000;

export function startEmbedded(options: EmbeddedOptions): Embedded {
  return new Embedded(options);
}

class Embedded implements Place {
  readonly name: string;
  readonly #options: EmbeddedOptions;
  readonly #key = randomBytes(24).toString('hex');
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #child: ChildProcess | null = null;
  /** 0: it does not listen. */
  #port = 0;
  /** The port that it had, so that it comes back where it was. */
  #lastPort = 0;
  #problem: StoreError;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.name = `the embedded store in ${options.folder}`;
    this.#problem = new StoreError('starting', `${this.name} starts`);
    mkdirSync(options.folder, { recursive: true });
    this.#running = this.#run();
  }

  /** Of the child; only for those who try what its death does. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  url(): string {
    if (this.#port === 0) throw this.#problem;
    return this.#urlAt(this.#port);
  }

  #urlAt(port: number): string {
    return `http://plummet:${this.#key}@127.0.0.1:${port}/${DATABASE}`;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, telemetry } = this.#options;
    const { signal } = this.#stopping;
    let pause = AGAIN_MS;
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      await this.#live();
      if (signal.aborted || this.#problem.kind === 'unsupported') return;
      telemetry.storeRestarted({ error: this.#problem });
      if (clock.monotonic() - startedAt > AGAIN_MS_MAX) pause = AGAIN_MS;
      await sleep(clock, pause, signal);
      pause = Math.min(2 * pause, AGAIN_MS_MAX);
    }
  }

  /** One child, from its start to its end. */
  async #live(): Promise<void> {
    const { folder, clock, childFile = fileURLToPath(new URL('./child.js', import.meta.url)) } = this.#options;
    const { signal } = this.#stopping;
    // What its engine writes to the terminal is nobody's; it answers by messages.
    const child = fork(childFile, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child = child;
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    const tell = (order: ChildOrder): void => void (child.connected && child.send(order, () => undefined));
    const tooLong = clock.after(START_MS_MAX, () => child.kill('SIGKILL'));
    child.on('message', (answer: ChildAnswer) => {
      tooLong.cancel();
      this.#heard(answer);
      if (!('port' in answer)) tell({ stop: true });
    });
    tell({ folder, key: this.#key, port: this.#lastPort });
    let tooSlow: Timer | undefined;
    const stop = (): void => {
      tell({ stop: true });
      tooSlow = clock.after(STOP_MS_MAX, () => child.kill('SIGKILL'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    await ended;
    signal.removeEventListener('abort', stop);
    tooLong.cancel();
    tooSlow?.cancel();
    if (this.#port !== 0) withdrawAddress(folder, this.#urlAt(this.#port));
    this.#port = 0;
    this.#child = null;
  }

  #heard(answer: ChildAnswer): void {
    if ('port' in answer) {
      this.#port = answer.port;
      this.#lastPort = answer.port;
      if (!this.#options.unlisted) publishAddress(this.#options.folder, this.url());
      this.#problem = new StoreError('away', `${this.name} ended and is started again`);
    } else if ('unsupported' in answer) {
      const why = `${this.name} cannot run here (${answer.unsupported})`;
      const advice = 'There is no history; pages do not need it. Name a ClickHouse server in store.clickhouse.url, or write `store: none`.';
      this.#problem = new StoreError('unsupported', `${why}. ${advice}`);
    } else {
      const advice = 'Is its folder in use by another Plummet, or may it not be written? It is tried again.';
      this.#problem = new StoreError('away', `${this.name} does not start (${answer.failed}). ${advice}`);
    }
  }
}
