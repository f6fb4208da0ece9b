/** A process of Plummet that is killed, frozen and started again at the same address with the same folder, and an app beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Role } from '../../app/roles.ts';
import { partitionOf } from '../../platform/topics/topic.ts';
import { producerOf } from '../../sdk/src/producer.ts';
import type { KafkaProxy } from '../support/kafka/proxy.ts';
import { prng } from '../support/prng.ts';
import { type Ended, PlummetProcess } from '../support/process.ts';
import type { AppOrder, AppReport, AppWord } from './app.ts';
import { type Ledger, LedgerFile } from './ledger.ts';

const APP = fileURLToPath(new URL('./app.ts', import.meta.url));

export type Replica = 'a' | 'b';

export interface MemberPlace {
  readonly name: string;
  readonly replica: Replica;
  readonly roles: readonly Role[];
  readonly port: number;
  /** With the configuration `plummet.yaml` in it. */
  readonly folder: string;
  readonly proxies: readonly KafkaProxy[];
  readonly env: Readonly<Record<string, string>>;
}

/** One process of one replica. */
export class Member {
  readonly name: string;
  readonly replica: Replica;
  readonly url: string;
  /** Its way to each broker. */
  readonly proxies: readonly KafkaProxy[];
  readonly #place: MemberPlace;
  #process: PlummetProcess | undefined;
  #isGone = true;

  constructor(place: MemberPlace) {
    this.#place = place;
    this.name = place.name;
    this.replica = place.replica;
    this.proxies = place.proxies;
    this.url = `http://127.0.0.1:${place.port}`;
  }

  get pid(): number {
    return (this.#process as PlummetProcess).pid;
  }

  get lives(): boolean {
    return this.#process !== undefined && !this.#isGone;
  }

  get said(): string {
    return this.#process?.stderr ?? '';
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    await this.spawn().ready();
  }

  /** Without waiting for it. */
  spawn(): PlummetProcess {
    const { folder, name, port, replica, roles, env } = this.#place;
    const where = ['--config', join(folder, 'plummet.yaml'), '--data', join(folder, name), '--port', String(port)];
    this.#process = new PlummetProcess(['start', ...where, '--replica', replica, '--roles', roles.join(','), '--json'], { ...env });
    this.#isGone = false;
    const own = this.#process;
    void own.ended.then(() => {
      if (this.#process === own) this.#isGone = true;
    });
    return own;
  }

  /** Resolves when it is gone. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<Ended | undefined> {
    const ended = await this.#process?.kill(signal);
    this.#process = undefined;
    return ended;
  }

  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }
}

/** An app that is killed and started again, as another producer, which lands in the same partition. */
export class App {
  readonly name: string;
  readonly #order: Omit<AppOrder, 'ledger' | 'seed'>;
  readonly #folder: string;
  readonly #books: Ledger;
  readonly #partition: { readonly is: number; readonly of: number };
  readonly files: LedgerFile[] = [];
  report: AppReport = { delivered: 0, queued: 0, lost: 0, tries: 0, lateMs: 0 };
  /** The worst since it was set back, ms. */
  lateMs = 0;
  /** It was there for one row, and is not missed. */
  isRetired = false;
  #child: ChildProcess | undefined;
  readonly #words = new Map<string, AppWord>();

  constructor(order: Omit<AppOrder, 'ledger' | 'seed'>, place: { folder: string; books: Ledger; partition: number; partitions: number }) {
    this.name = order.name;
    this.#order = order;
    this.#folder = place.folder;
    this.#books = place.books;
    this.#partition = { is: place.partition, of: place.partitions };
  }

  /** Of topic `events`, where all it sends goes. */
  get partition(): number {
    return this.#partition.is;
  }

  get lives(): boolean {
    return this.#child !== undefined;
  }

  start(seed: number): void {
    const ledger = join(this.#folder, `${this.name}-${this.files.length}.ledger`);
    this.files.push(new LedgerFile(ledger, this.#books));
    const order: AppOrder = { ...this.#order, ledger, seed: this.#seedFrom(seed) };
    const args = ['--import', 'tsx', APP, JSON.stringify(order)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', (report: AppReport) => {
      this.report = report;
      this.lateMs = Math.max(this.lateMs, report.lateMs);
    });
    this.#child = child;
    for (const word of this.#words.values()) child.send(word);
  }

  tell(word: AppWord): void {
    this.#words.set(word.type, word);
    this.#child?.send(word);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** The time (ms) before which everything was acknowledged, of the process that runs. */
  get until(): number {
    return this.files.at(-1)?.until ?? 0;
  }

  #seedFrom(seed: number): number {
    for (let next = seed; ; next++) {
      if (partitionOf(producerOf(this.name, prng(next)), this.#partition.of) === this.#partition.is) return next;
    }
  }
}
