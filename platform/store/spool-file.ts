/** A slice as a file: a line that says what follows, and the rows as they are inserted. A file is whole or it is not there. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Table } from './connect.ts';
import type { Position } from './positions.ts';
import type { Slice } from './slice.ts';

/** The first line. */
interface Header {
  readonly rows: readonly { table: Table; count: number; token: string; bytes: number }[];
  readonly positions: readonly Position[];
}

/** Ends the name of a file that is being written. */
export const PART = '.part';
const LINE_END = 0x0a;
const CHUNK_BYTES = 65_536;

/** On disk once it resolves. @returns its bytes */
export async function writeSlice(path: string, { rows, positions }: Slice): Promise<number> {
  const texts = rows.map(({ text }) => Buffer.from(text.join('')));
  const header: Header = {
    rows: rows.map(({ table, count, token }, i) => ({ table, count, token, bytes: texts[i]?.length ?? 0 })),
    positions,
  };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...texts]);
  const part = `${path}${PART}`;
  try {
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    // What a full disk took of it would keep the disk full.
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
  return content.length;
}

/** Null where it is not whole. @throws the system's error, but for a file that is not there */
export async function readSlice(path: string): Promise<Slice | 'gone' | null> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (content === null) return 'gone';
  const end = content.indexOf(LINE_END);
  try {
    const header = JSON.parse(content.toString('utf8', 0, end)) as Header;
    let at = end + 1;
    const rows = header.rows.map(({ table, count, token, bytes }) => {
      const text = content.toString('utf8', at, at + bytes);
      at += bytes;
      return { table, text: [text], count, token };
    });
    return at === content.length ? { rows, positions: header.positions, size: content.length } : null;
  } catch {
    return null;
  }
}

/** Without its rows, which may be many. */
export async function readPositionsOf(path: string): Promise<readonly Position[]> {
  const handle = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
      const end = buffer.subarray(0, bytesRead).indexOf(LINE_END);
      chunks.push(buffer.subarray(0, end < 0 ? bytesRead : end));
      if (end >= 0) return (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Header).positions;
      if (bytesRead === 0) return [];
    }
  } catch {
    return [];
  } finally {
    await handle.close();
  }
}
