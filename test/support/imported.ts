/** A data folder into which history is imported by the built command line, and what is in its store then. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHistoryStore } from '../../app/cli/history-store.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { plummet, temporaryFolder } from './process.ts';
import { CHILD_FILE } from './stores.ts';

const ORDERS = { name: 'orders', event: 'order.placed' };
export const ORDERS_SERIES = seriesOf(ORDERS);
export const REVENUE_SERIES = seriesOf({ name: 'revenue', event: 'order.placed', value: 'amount' });

const METRICS = `metrics:
  orders: { event: order.placed, kind: write }
  revenue: { event: order.placed, kind: write, value: amount }
`;

export interface Told {
  readonly code: number | null;
  readonly stderr: string;
  /** What --json prints; empty where it prints nothing. */
  readonly told: Readonly<Record<string, unknown>>;
}

export type Rows = readonly (readonly [second: number, count: number])[];

export class ImportWorld {
  readonly yaml: string;
  readonly #folder = temporaryFolder();

  /** @param more  of the YAML */
  constructor(more = '') {
    this.yaml = METRICS + more;
    this.put('plummet.yaml', this.yaml);
  }

  get path(): string {
    return this.#folder.path;
  }

  get data(): string {
    return join(this.path, 'data');
  }

  put(name: string, text: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  csv(name: string, rows: Rows): string {
    return this.put(name, rows.map(([second, count]) => `${second},${count}\n`).join(''));
  }

  flags(metric = 'orders'): string[] {
    return ['import', '--config', join(this.path, 'plummet.yaml'), '--data', this.data, '--metric', metric, '--json'];
  }

  async import(
    flags: readonly string[],
    { metric = 'orders', env = {} }: { metric?: string; env?: Record<string, string> } = {},
  ): Promise<Told> {
    const { code, stdout, stderr } = await plummet([...this.flags(metric), ...flags], env);
    return { code, stderr, told: stdout === '' ? {} : JSON.parse(stdout) };
  }

  /** What was counted elsewhere, in order: n and sum of each second. */
  async elsewhere(series = ORDERS_SERIES): Promise<[second: number, n: number, sum: number][]> {
    const query = `SELECT toUnixTimestamp(second) AS at, n, sum FROM rates FINAL
      WHERE series = {series:String} AND partition = -2 ORDER BY at`;
    const rows = await this.ask<{ at: number; n: string; sum: number }>(query, { series });
    return rows.map(({ at, n, sum }) => [at, Number(n), sum]);
  }

  async ask<T>(query: string, parameters: Record<string, string | number> = {}): Promise<T[]> {
    const { config } = loadConfig(this.yaml, { file: 'plummet.yaml', env: {} });
    if (!config) throw new Error('the YAML of the test is wrong');
    const store = await openHistoryStore({ config, folder: this.data, write: () => undefined, childFile: CHILD_FILE, make: true });
    try {
      return await store.rows<T>(query, parameters);
    } finally {
      await store.close();
    }
  }

  end(): void {
    this.#folder.remove();
  }
}

/** As they are kept: each with no sum. */
export function counted(rows: Rows): [number, number, number][] {
  return rows.map(([second, count]) => [second, count, 0]);
}
