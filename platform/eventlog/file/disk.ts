/** The few calls the file event log makes to the file system, so that a test can put a disk there that fails or loses power. */
import fs from 'node:fs';
import path from 'node:path';

export interface Disk {
  /** `create` fails where the file exists. */
  open(path: string, how: 'read' | 'write' | 'create'): Promise<number>;
  close(file: number): Promise<void>;
  /** Bytes written, which may be fewer than asked for: a full disk takes a part first and says ENOSPC only to the next call. */
  write(file: number, buffer: Uint8Array, from: number, bytes: number, position: number): Promise<number>;
  /** Bytes read; 0 at the end of the file. */
  read(file: number, buffer: Uint8Array, from: number, bytes: number, position: number): Promise<number>;
  /** fdatasync: resolves when the data and the length are on the disk. */
  sync(file: number): Promise<void>;
  truncate(file: number, bytes: number): Promise<void>;
  size(file: number): Promise<number>;
  rename(from: string, to: string): Promise<void>;
  /** No error where there is no such file. */
  remove(path: string): Promise<void>;
  /** Names of files and folders; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** With its parents, so that all of them last; no error where it exists. */
  makeFolder(folder: string): Promise<void>;
  /** Makes names created, renamed and removed in the folder last through a power loss. */
  syncFolder(folder: string): Promise<void>;
}

type Done<T> = (error: NodeJS.ErrnoException | null, value?: T) => void;

/** The callback calls of node:fs cost about half of what `node:fs/promises` does, and these are called for every group. */
function called<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value as T))));
}

const FLAGS = { read: 'r', write: 'r+', create: 'wx+' } as const;

export const systemDisk: Disk = {
  open: (path, how) => called<number>((done) => fs.open(path, FLAGS[how], 0o640, done)),
  close: (file) => called<void>((done) => fs.close(file, done)),
  write: (file, buffer, from, bytes, position) => called<number>((done) => fs.write(file, buffer, from, bytes, position, done)),
  read: (file, buffer, from, bytes, position) => called<number>((done) => fs.read(file, buffer, from, bytes, position, done)),
  sync: (file) => called<void>((done) => fs.fdatasync(file, done)),
  truncate: (file, bytes) => called<void>((done) => fs.ftruncate(file, bytes, done)),
  size: async (file) => (await called<fs.Stats>((done) => fs.fstat(file, done))).size,
  rename: (from, to) => called<void>((done) => fs.rename(from, to, done)),
  remove: (path) => called<void>((done) => fs.rm(path, { force: true }, done)),
  list: (folder) => called<string[]>((done) => fs.readdir(folder, done)).catch(noneIfMissing),
  makeFolder: async (folder) => {
    const first = await called<string | undefined>((done) => fs.mkdir(folder, { recursive: true, mode: 0o750 }, done));
    if (first === undefined) return;
    for (let made = path.resolve(folder); made.length >= first.length; made = path.dirname(made)) {
      await systemDisk.syncFolder(path.dirname(made));
    }
  },
  async syncFolder(folder) {
    const file = await systemDisk.open(folder, 'read');
    try {
      await called<void>((done) => fs.fsync(file, done));
    } finally {
      await systemDisk.close(file);
    }
  },
};

function noneIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Writes all of `bytes`, however many calls that takes; a disk that takes nothing and says nothing counts as full. */
export async function writeAll(disk: Disk, file: number, buffer: Uint8Array, bytes: number, position: number): Promise<void> {
  let written = 0;
  while (written < bytes) {
    const taken = await disk.write(file, buffer, written, bytes - written, position + written);
    if (taken === 0) throw Object.assign(new Error('ENOSPC: the disk took no byte'), { code: 'ENOSPC' });
    written += taken;
  }
}

/** Fills `buffer` from `position`; gives the bytes there were, fewer only at the end of the file. */
export async function readAll(disk: Disk, file: number, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const taken = await disk.read(file, buffer, filled, buffer.length - filled, position + filled);
    if (taken === 0) break;
    filled += taken;
  }
  return filled;
}
