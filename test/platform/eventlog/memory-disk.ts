/**
 * A disk in memory that behaves as badly as real ones may: a power loss keeps any part of what was not synced, in any
 * order; a failed sync forgets what it should have written, and the next one says all is well.
 */
import path from 'node:path';
import type { Disk } from '../../../platform/eventlog/file/disk.ts';

interface Change {
  readonly position: number;
  /** Undefined: the file was cut to `position`. */
  readonly bytes: Buffer | undefined;
}

interface StoredFile {
  /** As processes see it. */
  cache: Buffer;
  /** As it stands on the disk. */
  disk: Buffer;
  /** In the cache only. */
  unsynced: Change[];
}

export type Operation = 'open' | 'close' | 'write' | 'read' | 'sync' | 'truncate' | 'rename' | 'remove' | 'list' | 'syncFolder';

export interface Faults {
  /** The code of the error that the operation fails with (`EIO`), or undefined. */
  fail?(operation: Operation, file: string): string | undefined;
  /** The disk answers nothing any more: the machine is off. */
  off?(): boolean;
  /** All files together; a write beyond it takes what fits, the next one says ENOSPC. */
  bytesMax?: number;
}

export class MemoryDisk implements Disk {
  readonly #faults: Faults;
  readonly #random: () => number;
  readonly #files: Map<string, StoredFile>;
  /** Names as they stand on the disk. */
  readonly #durable: Map<string, StoredFile>;
  readonly #open = new Map<number, { file: StoredFile; name: string }>();
  #opened = 0;
  operations = 0;
  /** Resolves when an operation got no answer any more. */
  readonly wentOff: Promise<void>;
  #goOff = (): void => {};

  constructor(random: () => number = () => 0.5, faults: Faults = {}, files = new Map<string, StoredFile>()) {
    this.#random = random;
    this.#faults = faults;
    this.#files = files;
    this.#durable = new Map(files);
    this.wentOff = new Promise((resolve) => {
      this.#goOff = resolve;
    });
  }

  get openFiles(): number {
    return this.#open.size;
  }

  /** The bytes of a file, to be changed by the caller as a failing disk would. */
  file(name: string): Buffer {
    return (this.#files.get(name) as StoredFile).cache;
  }

  names(): string[] {
    return [...this.#files.keys()].toSorted();
  }

  put(name: string, bytes: Buffer): void {
    this.#files.set(name, { cache: bytes, disk: bytes, unsynced: [] });
  }

  /** The same files for the next process: as they are after a kill -9, or as a power loss leaves them. */
  after(event: 'kill' | 'power-loss', random: () => number = this.#random, faults: Faults = {}): MemoryDisk {
    if (event === 'kill') return new MemoryDisk(random, faults, this.#files);
    const files = new Map<string, StoredFile>();
    for (const name of new Set([...this.#files.keys(), ...this.#durable.keys()])) {
      const now = this.#files.get(name);
      const durable = this.#durable.get(name);
      // A name made, moved or removed since the folder was synced may have reached the disk or not.
      const file = now === durable || random() < 0.5 ? durable : now;
      if (file !== undefined) files.set(name, asFound(file, random));
    }
    return new MemoryDisk(random, faults, files);
  }

  async open(name: string, how: 'read' | 'write' | 'create'): Promise<number> {
    await this.#do('open', name);
    const existing = this.#files.get(name);
    if (how !== 'create' && existing === undefined) throw failure('ENOENT');
    if (how === 'create' && existing !== undefined) throw failure('EEXIST');
    const file = existing ?? { cache: Buffer.alloc(0), disk: Buffer.alloc(0), unsynced: [] };
    this.#files.set(name, file);
    this.#open.set(++this.#opened, { file, name });
    return this.#opened;
  }

  async close(handle: number): Promise<void> {
    const { name } = this.#handle(handle);
    this.#open.delete(handle);
    await this.#do('close', name);
  }

  async write(handle: number, buffer: Uint8Array, from: number, bytes: number, position: number): Promise<number> {
    const { file, name } = this.#handle(handle);
    await this.#do('write', name);
    const used = [...this.#files.values()].reduce((sum, { cache }) => sum + cache.length, 0);
    const grows = Math.max(0, position + bytes - file.cache.length);
    const room = (this.#faults.bytesMax ?? Number.POSITIVE_INFINITY) - used;
    const taken = grows > room ? bytes - (grows - Math.max(0, room)) : bytes;
    if (taken <= 0) throw failure('ENOSPC');
    const change = { position, bytes: Buffer.from(buffer.subarray(from, from + taken)) };
    file.cache = changed(file.cache, change);
    file.unsynced.push(change);
    return taken;
  }

  async read(handle: number, buffer: Uint8Array, from: number, bytes: number, position: number): Promise<number> {
    const { file, name } = this.#handle(handle);
    await this.#do('read', name);
    return file.cache.copy(buffer, from, position, Math.min(file.cache.length, position + bytes));
  }

  async sync(handle: number): Promise<void> {
    const { file, name } = this.#handle(handle);
    const { unsynced } = file;
    try {
      await this.#do('sync', name);
    } catch (error) {
      // What the failed sync should have written counts as clean afterwards: some of it is there, some never will be.
      for (const change of unsynced.splice(0)) if (this.#random() < 0.5) file.disk = changed(file.disk, change);
      throw error;
    }
    for (const change of unsynced.splice(0)) file.disk = changed(file.disk, change);
  }

  async truncate(handle: number, bytes: number): Promise<void> {
    const { file, name } = this.#handle(handle);
    await this.#do('truncate', name);
    const change = { position: bytes, bytes: undefined };
    file.cache = changed(file.cache, change);
    file.unsynced.push(change);
  }

  async size(handle: number): Promise<number> {
    return this.#handle(handle).file.cache.length;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#do('rename', from);
    const file = this.#files.get(from);
    if (file === undefined) throw failure('ENOENT');
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  async remove(name: string): Promise<void> {
    await this.#do('remove', name);
    this.#files.delete(name);
  }

  async list(folder: string): Promise<string[]> {
    await this.#do('list', folder);
    const inside = [...this.#files.keys()].filter((name) => name.startsWith(`${folder}/`));
    return [...new Set(inside.map((name) => name.slice(folder.length + 1).split('/')[0] as string))];
  }

  async makeFolder(): Promise<void> {}

  async syncFolder(folder: string): Promise<void> {
    await this.#do('syncFolder', folder);
    const inside = (name: string): boolean => path.dirname(name) === folder;
    for (const name of this.#durable.keys()) if (inside(name)) this.#durable.delete(name);
    for (const [name, file] of this.#files) if (inside(name)) this.#durable.set(name, file);
  }

  async #do(operation: Operation, name: string): Promise<void> {
    this.operations++;
    await Promise.resolve();
    if (this.#faults.off?.()) {
      this.#goOff();
      return new Promise(() => {});
    }
    const code = this.#faults.fail?.(operation, name);
    if (code !== undefined) throw failure(code);
  }

  #handle(handle: number): { file: StoredFile; name: string } {
    const open = this.#open.get(handle);
    if (open === undefined) throw failure('EBADF');
    return open;
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

function changed(before: Buffer, { position, bytes }: Change): Buffer {
  if (bytes === undefined) return before.subarray(0, position);
  const after = Buffer.alloc(Math.max(before.length, position + bytes.length));
  before.copy(after);
  bytes.copy(after, position);
  return after;
}

/** Of what was not synced any change may be there, wholly or in its first part. */
function asFound(file: StoredFile, random: () => number): StoredFile {
  let bytes = file.disk;
  for (const change of file.unsynced) {
    const chance = random();
    if (chance < 0.4) bytes = changed(bytes, change);
    else if (chance < 0.7 && change.bytes !== undefined) {
      bytes = changed(bytes, { ...change, bytes: change.bytes.subarray(0, Math.floor(random() * change.bytes.length)) });
    }
  }
  bytes = Buffer.from(bytes);
  return { cache: bytes, disk: bytes, unsynced: [] };
}
