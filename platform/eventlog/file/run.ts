/** Reads a stretch of a segment: its sound frames, and past damage to the next sound one. */
import { type Disk, readAll } from './disk.ts';
import { FRAME_MARKER, frameBytes } from './frame.ts';

/** How much is read at once; a larger frame is read whole. Looking through it takes under a millisecond. */
export const RUN_BYTES = 256 * 1024;
const PAGE_BYTES = 4096;

export interface Run {
  readonly buffer: Buffer;
  /** Where in `buffer` the sound frames begin, ascending. */
  readonly frames: readonly number[];
  /** Where in the file to read on; `end` where there is nothing more. */
  readonly next: number;
  /** Bytes that belong to no sound frame. */
  readonly damagedBytes: number;
}

/** Reads from `position`, where a frame begins, and not beyond `end`, both in bytes from the beginning of the file. */
export async function readRun(disk: Disk, file: string, position: number, end: number): Promise<Run> {
  const opened = await disk.open(file, 'read');
  try {
    let want = RUN_BYTES;
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(want, end - position)));
      const filled = await readPages(disk, opened, buffer, position);
      const last = position + filled >= end || filled < buffer.length;
      const run = framesOf(buffer, filled, position, last ? end : undefined);
      if (typeof run !== 'number') return run;
      want = run;
    }
  } finally {
    await disk.close(opened);
  }
}

/** A number is how many bytes it takes to see the first frame whole. */
function framesOf(buffer: Buffer, filled: number, position: number, end: number | undefined): Run | number {
  const frames: number[] = [];
  let at = 0;
  let damagedBytes = 0;
  while (at < filled) {
    const bytes = frameBytes(buffer, at, filled);
    if (bytes > 0) {
      frames.push(at);
      at += bytes;
      continue;
    }
    if (bytes < 0 && end === undefined) {
      if (at === 0) return filled - bytes;
      return { buffer, frames, next: position + at, damagedBytes };
    }
    const after = nextMarker(buffer, at + 1, filled);
    damagedBytes += after - at;
    at = after;
  }
  return { buffer, frames, next: end ?? position + at, damagedBytes };
}

/** The last bytes may be a marker's beginning: reading goes on before them. */
function nextMarker(buffer: Buffer, from: number, filled: number): number {
  const found = buffer.subarray(0, filled).indexOf(FRAME_MARKER, from);
  return found >= 0 ? found : Math.max(from, filled - FRAME_MARKER.length + 1);
}

/** Pages that the disk refuses to give are zeros, which are damage like any other: the records around them stay readable. */
async function readPages(disk: Disk, file: number, buffer: Buffer, position: number): Promise<number> {
  try {
    return await readAll(disk, file, buffer, position);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
  }
  for (let at = 0; at < buffer.length; ) {
    const page = buffer.subarray(at, Math.min(buffer.length, at + PAGE_BYTES - ((position + at) % PAGE_BYTES)));
    try {
      const filled = await readAll(disk, file, page, position + at);
      if (filled < page.length) return at + filled;
    } catch {
      page.fill(0);
    }
    at += page.length;
  }
  return buffer.length;
}
