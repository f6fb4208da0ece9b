/** The demo as a newcomer has it: a real `plummet demo` on an empty folder, its YAML, its shop's buttons, its mailbox. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepMadeUp } from '../../app/rehearsal/record.ts';
import type { IncidentView, MailItem, MetricNow, RatesAnswer } from '../../dashboards/live-frames.ts';
import type { Action } from '../../examples/shop/traffic.ts';
import { type Ended, eventually, PlummetProcess, temporaryFolder } from './process.ts';

/** It is promised that the wall is live within 30 s; nothing is normal before it was seen for a few seconds. */
const NORMAL_WITHIN_MS = 60_000;

export class Demo {
  readonly process: PlummetProcess;
  readonly url: string;
  /** From the start of the process to its line that says where it is. */
  readonly readyAfterMs: number;
  readonly #startedAt = new Date().toISOString();
  readonly #folder: { path: string; remove(): void };

  private constructor(process: PlummetProcess, about: { url: string; readyAfterMs: number; folder: { path: string; remove(): void } }) {
    this.process = process;
    this.url = about.url;
    this.readyAfterMs = about.readyAfterMs;
    this.#folder = about.folder;
  }

  /** @param weeks  false: without the two weeks of history, which keep the store busy for a minute */
  static async start({ weeks = true } = {}): Promise<Demo> {
    const folder = temporaryFolder();
    if (!weeks) await keepMadeUp(folder.path, { weeks: null, journal: null, shown: [] });
    const before = performance.now();
    const process = new PlummetProcess(['demo', '--port', '0', '--data', folder.path, '--no-open', '--json']);
    try {
      const url = await process.ready();
      return new Demo(process, { url, readyAfterMs: performance.now() - before, folder });
    } catch (error) {
      await process.kill('SIGKILL');
      folder.remove();
      throw error;
    }
  }

  /** Presses a button of the demo; resolves with the moment (ms since the epoch) at which it was pressed. */
  async press(button: Action | 'cut'): Promise<number> {
    const at = Date.now();
    const { status } = await fetch(`${this.url}/api/demo/${button}`, { method: 'POST' });
    if (status !== 200) throw new Error(`${button} was answered with ${status}`);
    return at;
  }

  /** Edits the demo's YAML: one more metric. */
  watchAlso(metric: string): void {
    const file = join(this.#folder.path, 'plummet.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^metrics:$/m, `metrics:\n  ${metric}`));
  }

  /** Oldest first. */
  async mails(): Promise<MailItem[]> {
    return (await this.#get<MailItem[]>('/api/demo/mailbox')).reverse();
  }

  /** Since it was started: the one of its rehearsed weeks is left out. */
  incidents(): Promise<IncidentView[]> {
    return this.#get(`/api/incidents?from=${this.#startedAt}`);
  }

  metrics(): Promise<MetricNow[]> {
    return this.#get('/api/metrics');
  }

  /** Of each second of `[from, to)`, ms since the epoch. */
  rates(metric: string, from: number, to: number): Promise<RatesAnswer> {
    const moment = (ms: number): string => new Date(ms).toISOString();
    return this.#get(`/api/metrics/${metric}/rates?from=${moment(from)}&to=${moment(to)}&step=1s`);
  }

  /** Resolves once every second before `at` (ms since the epoch) was decided for every metric. */
  async decidedTo(at: number, withinMs: number): Promise<void> {
    await eventually(`a decision on ${new Date(at).toISOString()}`, withinMs, async () =>
      (await this.metrics()).every(({ second }) => second !== null && (second + 1) * 1000 >= at),
    );
  }

  normal(): Promise<MetricNow[]> {
    return eventually('four normal metrics', NORMAL_WITHIN_MS, async () => {
      const metrics = await this.metrics();
      return metrics.length === 4 && metrics.every(({ state }) => state === 'normal') && metrics;
    });
  }

  /** Ends it, where it still runs, and its shop, and removes its folder. */
  async remove(): Promise<Ended> {
    const shop = childrenOf(this.process.pid);
    const ended = await this.process.kill('SIGKILL');
    await eventually('the end of the shop', 10_000, async () => shop.every((pid) => !isAlive(pid)));
    this.#folder.remove();
    return ended;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Only Linux tells without a tool that may not be installed; elsewhere nobody is found. */
export function childrenOf(parent: number): number[] {
  const all = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return all.map(Number).filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | null {
  try {
    // The name before it stands in brackets and may hold anything.
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return Number(afterName.split(' ')[1]);
  } catch {
    return null;
  }
}
