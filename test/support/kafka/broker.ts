/** One real Kafka broker in a Java process of its own: its files, its start, its deaths. Never outlives the test's process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** A start takes 3 s alone, and far longer where every core is busy. */
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 20_000;
/** Starts in a third of the time that a server's settings take, and stays small. */
const JAVA = ['-Xmx256m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

export interface BrokerPlace {
  readonly id: number;
  readonly folder: string;
  readonly port: number;
  readonly properties: Readonly<Record<string, string | number>>;
  /** The folder of its program. */
  readonly jars: string;
}

export class Broker {
  readonly id: number;
  readonly port: number;
  readonly #folder: string;
  readonly #jars: string;
  #java: ChildProcess | undefined;
  #guard: ChildProcess | undefined;

  constructor({ id, folder, port, properties, jars }: BrokerPlace) {
    this.id = id;
    this.port = port;
    this.#folder = folder;
    this.#jars = jars;
    mkdirSync(folder, { recursive: true });
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
    writeFileSync(this.#file('server.properties'), `${lines.join('\n')}\n`);
  }

  /** Makes the storage of a broker that never ran. */
  async format(clusterId: string): Promise<void> {
    const java = this.#spawn(['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', this.#file('server.properties')]);
    const code = await new Promise((resolve) => java.once('exit', resolve));
    if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${this.output()}`);
  }

  /** Resolves when it listens, on its own port and with whatever it had stored. */
  async start(): Promise<void> {
    const java = this.#spawn(['kafka.Kafka', this.#file('server.properties')]);
    this.#java = java;
    // Its standard input ends when the test's process does, however that dies.
    const end = `cat >/dev/null; kill -9 ${java.pid}; rm -rf '${this.#folder}'`;
    const guard = spawn('sh', ['-c', end], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    guard.stdin?.on('error', () => undefined);
    guard.unref();
    this.#guard = guard;
    java.once('exit', () => guard.kill('SIGKILL'));
    const deadline = performance.now() + START_MS_MAX;
    while (!(await listens(this.port))) {
      if (java.exitCode !== null || java.signalCode !== null) throw new Error(`Kafka ended at its start:\n${this.output()}`);
      if (performance.now() > deadline) throw new Error(`Kafka does not listen after ${START_MS_MAX / 1000} s:\n${this.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGSTOP and SIGCONT return at once; the others when the process is gone. */
  async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const java = this.#java;
    if (java === undefined || java.exitCode !== null || java.signalCode !== null) return;
    const gone = new Promise((resolve) => java.once('exit', resolve));
    java.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    const hard = setTimeout(() => java.kill('SIGKILL'), STOP_MS_MAX);
    await gone;
    clearTimeout(hard);
    this.#guard?.stdin?.destroy();
  }

  output(): string {
    return readFileSync(this.#file('output.txt'), 'utf8').slice(-4000);
  }

  #spawn(args: readonly string[]): ChildProcess {
    const output = openSync(this.#file('output.txt'), 'a');
    const child = spawn('java', [...JAVA, '-cp', join(this.#jars, '*'), ...args], { stdio: ['ignore', output, output] });
    closeSync(output);
    return child;
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

export function newClusterId(): string {
  return randomBytes(16).toString('base64url');
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
