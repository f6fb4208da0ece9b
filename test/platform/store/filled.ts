/** An event log with counts, a ClickHouse server, and processes that bring the one into the other at ten times the usual pace. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventLog } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import { type Filling, fill, takingEach } from '../../../platform/store/filling.ts';
import { countRows, ratesTable } from '../../../platform/store/rates.ts';
import type { Store } from '../../../platform/store/store.ts';
import { type Fields, telemetryTo } from '../../../platform/telemetry/catalogue.ts';
import { type CountsRecord, countsRecord, decodeCounts } from '../../../platform/topics/counts.ts';
import { topics } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { temporaryFolder } from '../../support/process.ts';
import { ratesOf } from '../../support/stored-rates.ts';
import { answering, testStore } from '../../support/stores.ts';

const { counts } = topics();
export const SECOND = Math.floor(Date.now() / 1000) - 3600;
const FAST = { beatMs: 100, saveMs: 300, patienceMs: 500, freshMs: 1500 };

/** For one test, with an event log of its own. */
export async function countsLog(): Promise<EventLog> {
  const { path, remove } = temporaryFolder();
  const log = await openFileLog({ folder: path, clock: systemClock, topics: [counts], fsync: 'never' });
  onTestFinished(async () => {
    await log.close();
    remove();
  });
  return log;
}

export class Filled {
  readonly folder: string;
  readonly url: string;
  readonly told: [string, Fields][] = [];
  readonly store: Store;
  #log: EventLog;
  #records = 0;

  private constructor(log: EventLog, folder: string, url: string) {
    this.#log = log;
    this.folder = folder;
    this.url = url;
    this.store = this.opened();
  }

  /** @param url  of the server, with a database that is this test's own */
  static async begin(url: string): Promise<Filled> {
    const log = await countsLog();
    const { path, remove } = temporaryFolder();
    onTestFinished(remove);
    const filled = new Filled(log, path, url);
    await answering(filled.store);
    return filled;
  }

  opened(): Store {
    const store = testStore({ url: this.url, telemetry: telemetryTo((name, _, fields) => this.told.push([name, fields])) });
    onTestFinished(() => store.close());
    return store;
  }

  /** Another process with a name and, where it is on another machine, a folder of its own. */
  filler(writer: string, { store = this.store, folder = 'spool' } = {}): Filling {
    const telemetry = telemetryTo((name, _, fields) => this.told.push([name, { ...fields, writer }]));
    const filler = { log: this.#log, store, clock: systemClock, telemetry, writer, folder: join(this.folder, folder), pace: FAST };
    const filling = fill(filler, counts, (positions) =>
      takingEach(positions, (record, into) => {
        const read = decodeCounts(record);
        into.add(ratesTable, countRows(read), read.rows.length);
      }),
    );
    onTestFinished(() => filling.stop());
    return filling;
  }

  /** So many records, each with one event in a second of its own. */
  async append(records: number, series = 'orders~1'): Promise<void> {
    const rows = Array.from({ length: records }, (): CountsRecord => {
      const to = ++this.#records;
      return { partition: 0, block: 0, to, progress: 0, waits: [], rows: [[series, SECOND + to, 1, 0, 0]] };
    });
    await this.appendRecords(rows);
  }

  async appendRecords(records: readonly CountsRecord[]): Promise<void> {
    await this.#log.append(
      counts,
      records.map((record) => countsRecord(record, 0)),
    );
  }

  /** In place of the one before, whose records are gone. */
  use(log: EventLog): void {
    this.#log = log;
  }

  /** Every second once, with its one event. */
  async holds(records = this.#records): Promise<boolean> {
    const found = await ratesOf(this.store, { series: 'orders~1', from: SECOND, to: SECOND + 1_000_000, stepSeconds: 1 });
    return found.length === records && found.every(({ n }) => n === 1);
  }

  async writers(): Promise<string[]> {
    const found = await this.store.rows<{ writer: string }>('SELECT DISTINCT writer FROM positions ORDER BY writer');
    return found.map(({ writer }) => writer);
  }

  /** What waits on disk. */
  waiting(folder = 'spool'): number {
    return readdirSync(join(this.folder, folder, 'counts')).filter((file) => file.endsWith('.slice')).length;
  }
}
