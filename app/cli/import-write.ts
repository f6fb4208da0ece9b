/** Gathered rows → table rates, in slices. Writing them again gives the same history, so whatever ended in between is only said again. */

import { StoreError } from '../../platform/store/problem.ts';
import { elsewhereRowsOf, elsewhereTable } from '../../platform/store/rates.ts';
import type { Store } from '../../platform/store/store.ts';
import { systemClock } from '../../platform/units/clock.ts';
import type { Gathered } from './gathered.ts';
import { UserError } from './output.ts';
import { pause } from './pause.ts';

/** Seconds of one insert: the store takes it within a second. */
const SLICE_ROWS_MAX = 50_000;
/** Seconds from the first to the last of one: the table is parted by months, and an insert may touch a hundred of them. */
const SLICE_SPAN_MAX = 60 * 86_400;
/** Rows of one text, built at once. */
const TEXT_ROWS = 5_000;
/** A store that starts again, or is busy, is waited for so long. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000] as const;

export interface Target {
  readonly series: string;
  /** The counts are sums of a metric's values. */
  readonly isSum: boolean;
  /** Seconds before this are older than what is kept. */
  readonly oldest: number;
}

export interface Written {
  /** Seconds that are in the store now. */
  rows: number;
  /** Of those: what an earlier import, or the demo, had written. */
  replaced: number;
  /** Seconds that Plummet counted itself: they stay as counted. */
  kept: number;
  /** Seconds that are older than `retention.rates`. */
  tooOld: number;
}

/** What is in the store of a range: its seconds run from `from` to `until`. */
interface Run {
  readonly own: boolean;
  readonly from: number;
  readonly until: number;
}

/** @param told  how many seconds more are done @throws UserError where the store cannot take them; @throws what `signal` is aborted with */
export async function writeRows(
  store: Store,
  target: Target,
  sources: readonly Gathered[],
  { told, signal }: { told: (seconds: number) => void; signal: AbortSignal },
): Promise<Written> {
  const writer = new Writer(store, target);
  const all = sources.reduce((sum, { rows, zeros }) => sum + rows + zeros, 0);
  try {
    await writer.begin(sources);
    for (const source of sources) {
      await source.each((second, count) => {
        if (!writer.add(second, count)) return undefined;
        signal.throwIfAborted();
        return writer.flush().then(told);
      });
    }
    told(await writer.flush());
  } catch (error) {
    const far = `${writer.written.rows.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} seconds are imported`;
    if (signal.aborted) throw new UserError(`interrupted: ${far}.`, { hint: AGAIN, exit: 1 });
    if (!(error instanceof StoreError)) throw error;
    throw new UserError(`${error.message.replace(' It is tried again.', '')}`, { hint: `${far}. ${AGAIN}`, exit: 1 });
  }
  return writer.written;
}

const AGAIN = 'Import the same again: the history is the same, however often.';

interface Before {
  /** Something is there already. */
  readonly any: boolean;
  /** Newer than all that an earlier import wrote, whatever clocks said. */
  readonly writtenAt: number;
}

async function beforeIn(store: Store, { series }: Target, sources: readonly Gathered[]): Promise<Before> {
  const from = Math.min(...sources.map((source) => source.from ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...sources.map((source) => source.to ?? 0));
  const query = `SELECT count() AS found, maxIf(rates.to, rates.partition = -2) AS newest FROM rates
    WHERE series = {series:String} AND rates.partition < 0
      AND rates.second >= toDateTime({from:UInt32}) AND rates.second <= toDateTime({to:UInt32})`;
  const [row] = await persistently(() => store.rows<{ found: number; newest: number }>(query, { series, from, to }));
  return { any: Number(row?.found) > 0, writtenAt: Math.max(systemClock.wall(), Number(row?.newest) + 1) };
}

class Writer {
  readonly written: Written = { rows: 0, replaced: 0, kept: 0, tooOld: 0 };
  readonly #store: Store;
  readonly #target: Target;
  #before: Before = { any: true, writtenAt: 0 };
  readonly #seconds = new Float64Array(SLICE_ROWS_MAX);
  readonly #counts = new Float64Array(SLICE_ROWS_MAX);
  #length = 0;

  constructor(store: Store, target: Target) {
    this.#store = store;
    this.#target = target;
  }

  /** Asks what is there already. */
  async begin(sources: readonly Gathered[]): Promise<void> {
    this.#before = await beforeIn(this.#store, this.#target, sources);
  }

  /** @returns whether it is time to flush */
  add(second: number, count: number): boolean {
    if (second < this.#target.oldest) {
      this.written.tooOld++;
      return false;
    }
    this.#seconds[this.#length] = second;
    this.#counts[this.#length] = count;
    this.#length++;
    return this.#length === SLICE_ROWS_MAX || second - (this.#seconds[0] as number) >= SLICE_SPAN_MAX;
  }

  /** @returns how many seconds it held */
  async flush(): Promise<number> {
    const length = this.#length;
    if (length === 0) return 0;
    const [from, to] = [this.#seconds[0] as number, this.#seconds[length - 1] as number];
    const runs = this.#before.any ? await persistently(() => this.#runsIn(from, to)) : [];
    const { texts, rows, replaced } = this.#texts(runs);
    const { writtenAt } = this.#before;
    if (rows > 0)
      await persistently(() => this.#store.insert(elsewhereTable, texts, `import.${writtenAt}.${this.#target.series}.${from}.${to}`));
    this.written.rows += rows;
    this.written.replaced += replaced;
    this.written.kept += length - rows;
    this.#length = 0;
    return length;
  }

  #texts(runs: readonly Run[]): { texts: string[]; rows: number; replaced: number } {
    const { series, isSum } = this.#target;
    const rowOf = elsewhereRowsOf(series, this.#before.writtenAt);
    const texts: string[] = [];
    let [text, rows, replaced, run] = ['', 0, 0, 0];
    for (let i = 0; i < this.#length; i++) {
      const second = this.#seconds[i] as number;
      const count = this.#counts[i] as number;
      while (run < runs.length && (runs[run] as Run).until < second) run++;
      const there = runs[run];
      const isThere = there !== undefined && there.from <= second;
      if (isThere && there.own) continue;
      if (isThere) replaced++;
      rows++;
      text += isSum ? rowOf(second, 0, count) : rowOf(second, count, 0);
      if (rows % TEXT_ROWS > 0) continue;
      texts.push(text);
      text = '';
    }
    if (text !== '') texts.push(text);
    return { texts, rows, replaced };
  }

  /** Seconds that are there already, as runs of one kind, in order. */
  async #runsIn(from: number, to: number): Promise<Run[]> {
    const query = `SELECT own, min(at) AS from, max(at) AS until
      FROM (
        SELECT at, own, toInt64(at) - toInt64(row_number() OVER (PARTITION BY own ORDER BY at)) AS run
        FROM (
          SELECT toUnixTimestamp(rates.second) AS at, max(rates.partition = -1) AS own FROM rates
          WHERE series = {series:String} AND rates.partition < 0
            AND rates.second >= toDateTime({from:UInt32}) AND rates.second <= toDateTime({to:UInt32})
          GROUP BY at))
      GROUP BY own, run ORDER BY from`;
    const { series } = this.#target;
    const found = await this.#store.rows<Record<keyof Run, number>>(query, { series, from, to });
    return found.map((row) => ({ own: Number(row.own) === 1, from: Number(row.from), until: Number(row.until) }));
  }
}

/** What may pass is tried again. @throws StoreError */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (const againMs of AGAIN_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreError) || (error.kind !== 'away' && error.kind !== 'starting')) throw error;
    }
    await pause(againMs);
  }
  return ask();
}
