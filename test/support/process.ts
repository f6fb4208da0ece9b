/** Plummet as people run it: the built command line in a process of its own, on a free port and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

const MAIN = join(ROOT, 'dist/app/cli/main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder with what it is removed by. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'plummet-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Runs a command to its end. */
export async function plummet(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = new PlummetProcess(args, env);
  return child.ended;
}

export class PlummetProcess {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    if (!existsSync(MAIN)) throw new Error('dist/ is not built: run npm run build first');
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#heard('stdout', chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#heard('stderr', chunk));
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        for (const wake of this.#waiting) wake();
      });
    });
  }

  /** `start` with a YAML of one's own; resolves when it is ready. */
  static async start(folder: string, yaml: string, { port = 0, env = {} }: { port?: number; env?: Record<string, string> } = {}) {
    const config = join(folder, 'plummet.yaml');
    writeFileSync(config, yaml);
    const child = new PlummetProcess(['start', '--config', config, '--data', join(folder, 'data'), '--port', String(port), '--json'], env);
    return { child, url: await child.ready() };
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The address of the line that `--json` prints when ready. */
  async ready(): Promise<string> {
    for (;;) {
      const line = this.stdout.split('\n').find((text) => text.startsWith('{"url"'));
      if (line) return (JSON.parse(line) as { url: string }).url;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`Plummet ended before it was ready: ${this.stderr}${this.stdout}`);
      }
      await new Promise<void>((resolve) => {
        this.#waiting.add(() => resolve());
      });
    }
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }

  #heard(where: 'stdout' | 'stderr', chunk: Buffer): void {
    this[where] += chunk.toString();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** Waits until `holds` gives something; the deadline is the test's promise. */
export async function eventually<T>(what: string, withinMs: number, holds: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = performance.now() + withinMs;
  let problem = '';
  while (performance.now() < deadline) {
    try {
      const found = await holds();
      if (found) return found;
    } catch (error) {
      problem = ` (${String(error)})`;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come within ${withinMs / 1000} s${problem}`);
}
