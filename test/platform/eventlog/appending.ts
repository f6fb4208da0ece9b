/** Starts `appender.ts` as a process of its own, listens to it, and holds what it acknowledged against what is in its folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import type { AppenderOptions } from './appender.ts';

const TOPIC: Topic = { name: 'events', partitions: 3, keeps: 'forever' };
const SCRIPT = fileURLToPath(new URL('./appender.ts', import.meta.url));

interface Acknowledged {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

export class Appending {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #rest = '';
  #heard: () => void = () => {};
  #errors = '';

  /** @param before  a command that runs it, such as strace with its arguments */
  constructor(options: AppenderOptions, before: readonly string[] = []) {
    const [command, ...args] = [...before, process.execPath, '--import', 'tsx', SCRIPT, JSON.stringify(options)];
    this.#child = spawn(command as string, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() as string;
      this.#lines.push(...lines);
      this.#heard();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#child.on('exit', () => this.#heard());
    onTestFinished(() => this.kill());
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get acknowledged(): Acknowledged[] {
    return this.#said('+').map((line) => {
      const [, partition, offset, value] = line.split(' ');
      return { partition: Number(partition), offset: Number(offset), value: value as string };
    });
  }

  /** `CODE MESSAGE` of each append that was refused. */
  get refusals(): string[] {
    return this.#said('-').map((line) => line.slice(2));
  }

  get problems(): string[] {
    return this.#said('!').map((line) => line.slice(2));
  }

  /** The longest p99 of its event loop's delay, ms. */
  get lagMs(): number {
    return Math.max(...this.#said('lag').map((line) => Number(line.slice(4))));
  }

  /** Resolves when `is` holds; rejects with what it wrote to stderr when it ended before. */
  async until(is: (appending: this) => boolean): Promise<void> {
    while (!is(this)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`the appender ended: ${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  ready(): Promise<void> {
    return this.until(() => this.#lines.includes('ready'));
  }

  /** -9, also to whatever it was started by, of which the last to end may be the one that has the folder. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-this.pid, 'SIGKILL');
    await ended;
    for (let looked = 0; looked < LOOKS_MAX && runs(-this.pid); looked++) await setTimeout(20);
  }

  #said(word: string): string[] {
    return this.#lines.filter((line) => line.startsWith(`${word} `));
  }
}

/** Of 20 ms: so long the system may take to end what strace held. */
const LOOKS_MAX = 250;

/** Whether any process of a group is there. */
function runs(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

/** Opens the folder as the next process would: no repair, whatever it was left in. */
export async function expectAllThere(folder: string, acknowledged: readonly Acknowledged[]): Promise<StoredRecord[]> {
  const log = await openFileLog({ folder, clock: systemClock, topics: [TOPIC] });
  const stored: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void stored.push(...records));
  await reader.caughtUp();
  await log.close();
  const byPlace = new Map(stored.map((record) => [`${record.partition}/${record.offset}`, record]));
  const missing = acknowledged.filter(({ partition, offset, value }) => {
    const there = byPlace.get(`${partition}/${offset}`)?.value;
    return there !== value.padEnd(there?.length ?? 0, '.');
  });
  expect(missing).toEqual([]);
  for (let partition = 0; partition < TOPIC.partitions; partition++) {
    const own = stored.filter((record) => record.partition === partition);
    expect(own.every(({ offset }, i) => offset === i)).toBe(true);
    expect(inOrder(own)).toBe(true);
  }
  return stored;
}

/** Every appender's values count up, round after round. */
function inOrder(records: readonly StoredRecord[]): boolean {
  const last = new Map<string, number>();
  return records.every(({ key, value }) => {
    const [round, , i] = value.split('.', 3).map(Number);
    const place = (round as number) * 1e9 + (i as number);
    const before = last.get(key) ?? -1;
    last.set(key, place);
    return place > before;
  });
}

/** Not a dependency: where it is missing the disk is replaced instead. */
const STRACE = 'strace';

/** The command that runs a process under strace with this injection; empty where there is no strace, or it may not trace. */
export function straced(injection: string): string[] {
  const command = [STRACE, '-f', '-qq', '--seccomp-bpf', '-e', 'signal=none', '-o', '/dev/null', '-e', `inject=${injection}`];
  try {
    execFileSync(STRACE, [...command.slice(1), 'true'], { stdio: 'ignore' });
    return command;
  } catch {
    return [];
  }
}
