/** How much of the disk the data folder's parts take, looked at without holding anything up. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderSizes {
  /** Bytes; null where there is nothing yet. */
  readonly log: number | null;
  readonly store: number | null;
}

export async function sizesIn(folder: string): Promise<FolderSizes> {
  const [log, store] = await Promise.all([sizeOf(join(folder, 'log')), sizeOf(join(folder, 'store'))]);
  return { log, store };
}

/** `212 MB`, `1.1 GB`; below one megabyte that is all that is said. */
export function showBytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (megabytes < 1) return 'less than 1 MB';
  return megabytes < 1000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
}

async function sizeOf(folder: string): Promise<number | null> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map(({ parentPath, name }) => allocated(join(parentPath, name))));
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return null;
  }
}

/** Files are made larger than what they hold; 512 is what a block of `stat` means. A file that is merged away meanwhile takes nothing. */
async function allocated(file: string): Promise<number> {
  return stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
}
