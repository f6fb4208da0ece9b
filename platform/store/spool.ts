/** What waits on disk while the store is away, in order and bounded; found again after a crash. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf, type Position } from './positions.ts';
import { joined, type Slice } from './slice.ts';
import { PART, readPositionsOf, readSlice, writeSlice } from './spool-file.ts';

export const spoolLimits = {
  /** Of one reader. What comes then stays in the event log, for as long as that keeps it. */
  bytesMax: 2 * 2 ** 30,
  /** Slices that waited are inserted together up to so many characters: fewer and larger inserts after an outage. */
  joinedMax: 8_000_000,
  /** Files of slices that nobody can take; what comes then is not kept. */
  refusedMax: 100,
} as const;

/** The oldest slices, joined. */
export interface Waiting extends Slice {
  readonly files: readonly string[];
}

interface Waiter {
  readonly file: string;
  readonly bytes: number;
}

export class Spool {
  readonly #folder: string;
  readonly #bytesMax: number;
  #files: Waiter[] = [];
  #bytes = 0;
  #next = 0;
  #refused = 0;
  readonly #positions = new Map<string, Position>();

  /** Sets its files apart from those of another process that was given the same folder. */
  readonly #tag = randomBytes(4).toString('hex');

  private constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  static async open(folder: string, bytesMax: number = spoolLimits.bytesMax): Promise<Spool> {
    const spool = new Spool(folder, bytesMax);
    await mkdir(join(folder, 'refused'), { recursive: true });
    await spool.#find();
    return spool;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** The newest of each partition and part among what waits, or has waited since the start. */
  get positions(): Position[] {
    return [...this.#positions.values()];
  }

  /** On disk once it resolves. @returns false where no more may wait; @throws the system's error */
  async push(slice: Slice): Promise<boolean> {
    if (this.#bytes + slice.size > this.#bytesMax) return false;
    const file = this.#fileName();
    const bytes = await writeSlice(join(this.#folder, file), slice);
    this.#files.push({ file, bytes });
    this.#bytes += bytes;
    for (const position of slice.positions) this.#positions.set(keyOf(position), position);
    return true;
  }

  /** Null where nothing waits. A file that cannot be read any more is moved to `refused`; one that is gone was brought by somebody else. */
  async oldest(): Promise<Waiting | null> {
    const slices: Slice[] = [];
    const files: string[] = [];
    let size = 0;
    for (const { file } of [...this.#files]) {
      const slice = await readSlice(join(this.#folder, file));
      if (slice === 'gone') {
        this.#forget([file]);
        continue;
      }
      if (!slice) {
        await rename(join(this.#folder, file), join(this.#folder, 'refused', file));
        this.#forget([file]);
        continue;
      }
      if (files.length > 0 && size + slice.size > spoolLimits.joinedMax) break;
      slices.push(slice);
      files.push(file);
      size += slice.size;
    }
    return files.length > 0 ? { ...joined(slices), files } : null;
  }

  /** It is in the store. */
  async drop(files: readonly string[]): Promise<void> {
    for (const file of files) await rm(join(this.#folder, file), { force: true });
    this.#forget(files);
  }

  /** The store cannot read these rows: kept for people, in the folder `refused`. */
  async putAside(slice: Slice): Promise<void> {
    if (this.#refused++ >= spoolLimits.refusedMax) return;
    await writeSlice(join(this.#folder, 'refused', this.#fileName()), slice);
  }

  #fileName(): string {
    return `${String(this.#next++).padStart(12, '0')}-${this.#tag}.slice`;
  }

  #forget(files: readonly string[]): void {
    const gone = new Set(files);
    for (const { file, bytes } of this.#files) if (gone.has(file)) this.#bytes -= bytes;
    this.#files = this.#files.filter(({ file }) => !gone.has(file));
  }

  async #find(): Promise<void> {
    const refused = await readdir(join(this.#folder, 'refused'));
    const files = await readdir(this.#folder);
    // Of a process that died over it: nothing of it counts.
    for (const file of files) if (file.endsWith(PART)) await rm(join(this.#folder, file), { force: true });
    const found = files.filter((file) => file.endsWith('.slice')).sort();
    for (const file of found) {
      const { size } = await stat(join(this.#folder, file));
      this.#files.push({ file, bytes: size });
      this.#bytes += size;
      for (const position of await readPositionsOf(join(this.#folder, file))) this.#positions.set(keyOf(position), position);
    }
    this.#refused = refused.length;
    this.#next = Math.max(-1, ...[...found, ...refused].map((file) => Number.parseInt(file, 10) || 0)) + 1;
  }
}
