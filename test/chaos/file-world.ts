/** One Plummet on its embedded event log, with apps that keep books: for faults of the disk under it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { topics } from '../../platform/topics/topic.ts';
import { Books, inEventLog, recordsOf } from '../support/books.ts';
import { freePort } from '../support/ports.ts';
import { eventually } from '../support/process.ts';
import { type Published, RawProducer } from '../support/raw-producer.ts';
import { ROOT } from '../support/sources.ts';
import { Counted } from './counted.ts';
import type { LoneVerdict } from './fault.ts';

const MAIN = join(ROOT, 'dist/app/cli/main.js');
const PRODUCERS = 3;
/** Of all producers. */
const EVENTS_PER_SECOND = 6000;
const SHARES = { 'order.placed': 0.15, 'search.run': 0.85 };
const METRICS = { 'order.placed': 'orders', 'search.run': 'searches' };
const READY_WITHIN_MS = 30_000;
/** What was not acknowledged by then may or may not be counted. */
const CLOSED_WITHIN_MS = 30_000;
const YAML = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@shop.example }
store: none
`;

export class FileWorld {
  readonly data: string;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #sent = new Books();
  readonly #acknowledged = new Books();
  #child: ChildProcess | undefined;
  #port = 0;
  #producers: RawProducer[] = [];

  constructor(folder: string, random: () => number) {
    this.#folder = folder;
    this.#random = random;
    this.data = join(folder, 'data');
  }

  /** @param before  a command that runs Plummet, such as strace with its arguments */
  async start(before: readonly string[] = []): Promise<void> {
    mkdirSync(this.data, { recursive: true });
    const config = join(this.#folder, 'plummet.yaml');
    writeFileSync(config, YAML);
    this.#port ||= await freePort();
    const start = [MAIN, 'start', '--config', config, '--data', this.data, '--port', String(this.#port)];
    const [command, ...args] = [...before, process.execPath, ...start];
    this.#child = spawn(command as string, args, { stdio: 'ignore', detached: true });
    await eventually('a Plummet that is ready', READY_WITHIN_MS, async () => (await this.get('/readyz')).ok);
  }

  produce(eventsPerSecond = EVENTS_PER_SECOND): void {
    const tell = (what: 'sent' | 'acknowledged', events: readonly Published[]): void => {
      const books = what === 'sent' ? this.#sent : this.#acknowledged;
      for (const { type, at } of events) books.enter(type, Math.floor(at / 1000), { n: 1, sum: 0 });
    };
    const url = `http://127.0.0.1:${this.#port}`;
    const each = Object.entries(SHARES).map(([type, share]) => [type, (share * eventsPerSecond) / PRODUCERS]);
    this.#producers = Array.from({ length: PRODUCERS }, (_, i) => {
      return new RawProducer({ url, name: `web-${i}`, random: this.#random, rates: Object.fromEntries(each), tell });
    });
  }

  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${path}`);
  }

  get acknowledged(): number {
    return this.#acknowledged.events;
  }

  /** The producers deliver what they have; then the process is killed with -9, and its event log read as the next would. */
  async verdict(): Promise<LoneVerdict> {
    const closing = Promise.all(this.#producers.map((producer) => producer.close()));
    await Promise.race([closing, pause(CLOSED_WITHIN_MS, undefined, { ref: false })]);
    await pause(2000);
    await this.kill();
    const counted = new Counted();
    await inEventLog(this.data, async (log) => {
      for (const record of await recordsOf(log, topics().counts)) counted.take(decodeCounts(record));
    });
    let [lost, double] = [0, 0];
    for (const [type, metric] of Object.entries(METRICS)) {
      for (const second of this.#sent.seconds()) {
        const n = counted.of(metric, second);
        lost += Math.max(0, this.#acknowledged.of(type, second).n - n);
        double += Math.max(0, n - this.#sent.of(type, second).n);
      }
    }
    return { lost, double, falsePages: 0, missedPages: 0, problems: [] };
  }

  /** -9, also to whatever it was started by. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-(child.pid as number), 'SIGKILL');
    await gone;
    await eventually('the end of all it had started', READY_WITHIN_MS, async () => !runs(-(child.pid as number)));
  }

  async end(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.kill()));
    await this.kill();
  }
}

/** Whether any process of a group is there. */
function runs(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

/** The command that runs a process under strace with this injection. */
export function straced(injection: string): string[] {
  return ['strace', '-f', '-qq', '--seccomp-bpf', '-e', 'signal=none', '-o', '/dev/null', '-e', `inject=${injection}`];
}
