/** A real Prometheus that has scraped a counter, as promtool writes it into its blocks. Its user is `admin`, its password `test`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { eventually, temporaryFolder } from '../process.ts';
import { fileOf } from './binary.ts';

const START_MS_MAX = 30_000;
/** bcrypt of `test`, from the guide of Prometheus. */
const USERS = 'basic_auth_users:\n  admin: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay\n';

export interface Scrape {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

export class Prometheus {
  readonly #child: ChildProcess;
  readonly #folder: { path: string; remove(): void };
  readonly host: string;

  private constructor(child: ChildProcess, folder: { path: string; remove(): void }, host: string) {
    this.#child = child;
    this.#folder = folder;
    this.host = host;
  }

  /** @param counters  by their names, like `orders_total{shop="a"}`; resolves when it answers */
  static async start(counters: Readonly<Record<string, readonly Scrape[]>>): Promise<Prometheus> {
    const folder = temporaryFolder();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const lines = Object.entries(counters).flatMap(([name, scrapes]) => scrapes.map(({ at, value }) => `${name} ${value} ${at}\n`));
    const scraped = file('scraped.txt', `# TYPE orders counter\n${lines.join('')}# EOF\n`);
    const data = join(folder.path, 'data');
    execFileSync(fileOf('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', scraped, data], { stdio: 'ignore' });
    const host = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      fileOf('prometheus'),
      [
        `--config.file=${file('prometheus.yml', '')}`,
        `--web.config.file=${file('web.yml', USERS)}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=${host}`,
      ],
      { stdio: 'ignore' },
    );
    await eventually('Prometheus', START_MS_MAX, async () => (await fetch(`http://${host}/-/ready`)).status !== 503);
    return new Prometheus(child, folder, host);
  }

  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGKILL');
    await gone;
    this.#folder.remove();
  }
}
