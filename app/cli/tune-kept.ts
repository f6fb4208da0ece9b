/** What a tuning found so far, in a file beside the data: an end by Ctrl-C loses nothing, and the same question is answered at once. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../version.ts';
import type { Common } from './tune-tasks.ts';
import type { Done } from './tune-work.ts';

/** Of the newest tunings; older ones are removed. */
const FILES_MAX = 20;
const KEY_LETTERS = 24;

/** History, grid, moments and program: whatever changes an answer. */
export function keyOf({ history, pageWhens, value, inForce, moments, waits }: Common): string {
  const { start, counts, shares, closed, expected, joints } = history;
  const hash = createHash('sha256').update(JSON.stringify([version, start, joints, pageWhens, value, inForce, moments, waits]));
  // A column that is left out is not one that came before it.
  for (const [at, column] of [counts, shares, closed, expected].entries())
    if (column) hash.update(`${at}`).update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash.digest('hex').slice(0, KEY_LETTERS);
}

export class Kept {
  readonly #folder: string;
  readonly #file: string;
  readonly #key: string;
  /** Why nothing can be kept; null while it can. */
  #problem: string | null = null;

  constructor(data: string, key: string) {
    this.#folder = join(data, 'tune');
    this.#file = join(this.#folder, `${key}.json`);
    this.#key = key;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** What is known of it; null where nothing is, or it cannot be read: then it is found anew. */
  read({ pageWhens, moments }: Common): Done | null {
    try {
      const kept = JSON.parse(readFileSync(this.#file, 'utf8')) as Done & { key: string };
      const isWhole = kept.pages.length === pageWhens.length && kept.delays.length === moments.length && kept.key === this.#key;
      if (!isWhole) return null;
      const nan = (row: readonly (number | null)[]): number[] => row.map((delay) => delay ?? Number.NaN);
      const delays = kept.delays.map((one) => (one ? one.map(nan) : one));
      return { pages: kept.pages, judged: kept.judged, delays };
    } catch {
      return null;
    }
  }

  /** Whole or not at all. */
  write(done: Done): void {
    if (this.#problem !== null) return;
    const partial = `${this.#file}.${process.pid}.part`;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(partial, JSON.stringify({ key: this.#key, ...done }));
      renameSync(partial, this.#file);
    } catch (error) {
      this.#problem = (error as Error).message;
    }
  }

  /** Leaves the newest. */
  tidy(): void {
    try {
      const files = readdirSync(this.#folder).filter((name) => /^[\da-f]+\.json$/.test(name));
      const aged = files.map((name) => ({ path: join(this.#folder, name), at: statSync(join(this.#folder, name)).mtimeMs }));
      for (const { path } of aged.sort((a, b) => b.at - a.at).slice(FILES_MAX)) rmSync(path, { force: true });
    } catch {
      // Somebody else tidies, too.
    }
  }
}

export function nothingDone({ pageWhens, moments }: Common): Done {
  return { pages: pageWhens.map(() => null), judged: pageWhens.map(() => null), delays: moments.map(() => null) };
}
