/** What goes to the store together: rows by table, and the positions that hold once those are kept. */
import { createHash, type Hash } from 'node:crypto';
import type { Table } from './connect.ts';
import { keyOf, type Position } from './positions.ts';

export interface TableRows {
  readonly table: Table;
  readonly text: readonly string[];
  /** Rows in the text. */
  readonly count: number;
  /** The same for the same text: what was inserted and is inserted again changes nothing. */
  readonly token: string;
}

export interface Slice {
  readonly rows: readonly TableRows[];
  /** The newest of each partition and part. */
  readonly positions: readonly Position[];
  /** Characters of the text. */
  readonly size: number;
}

/** A slice that grows. */
export class OpenSlice {
  readonly #rows = new Map<string, { table: Table; text: string[]; count: number; hash: Hash }>();
  readonly #positions = new Map<string, Position>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#positions.size === 0;
  }

  /** @param text  rows with their line ends */
  add(table: Table, text: string, count: number): void {
    if (text === '') return;
    let rows = this.#rows.get(table.name);
    if (!rows) {
      rows = { table, text: [], count: 0, hash: hash() };
      this.#rows.set(table.name, rows);
    }
    rows.text.push(text);
    rows.hash.update(text);
    rows.count += count;
    this.#size += text.length;
  }

  /** Holds once all that was added so far is kept. */
  position(position: Position): void {
    this.#positions.set(keyOf(position), position);
    this.#size += position.memory.length;
  }

  /** What was added so far; the slice is empty after it. */
  take(): Slice {
    const rows = [...this.#rows.values()].map(({ table, text, count, hash }) => ({ table, text, count, token: hash.digest('hex') }));
    const slice = { rows, positions: [...this.#positions.values()], size: this.#size };
    this.#rows.clear();
    this.#positions.clear();
    this.#size = 0;
    return slice;
  }
}

/** It only has to differ; nobody gains by making two alike. */
const hash = (): Hash => createHash('sha1');

/** Several slices as one, the older first. */
export function joined(slices: readonly Slice[]): Slice {
  const rows = new Map<string, TableRows[]>();
  const positions = new Map<string, Position>();
  for (const slice of slices) {
    for (const one of slice.rows) rows.set(one.table.name, [...(rows.get(one.table.name) ?? []), one]);
    for (const position of slice.positions) positions.set(keyOf(position), position);
  }
  const size = slices.reduce((sum, slice) => sum + slice.size, 0);
  return { rows: [...rows.values()].map(joinedRows), positions: [...positions.values()], size };
}

function joinedRows(parts: readonly TableRows[]): TableRows {
  const [first] = parts as [TableRows];
  if (parts.length === 1) return first;
  const token = hash()
    .update(parts.map((part) => part.token).join(' '))
    .digest('hex');
  return { table: first.table, text: parts.flatMap(({ text }) => text), count: parts.reduce((sum, { count }) => sum + count, 0), token };
}
