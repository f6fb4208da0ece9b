/** Merges closed segments of a compacted topic into one that keeps the newest record of each key, under its old offset. */
import { writeAll } from './disk.ts';
import { frameAppendedAt, frameEnd, frameKey, frameOffset } from './frame.ts';
import type { Partition } from './partition.ts';
import { RUN_BYTES, type Run, readRun } from './run.ts';
import { SEGMENT_HEAD_BYTES, Segment, writeHead } from './segment.ts';

/** Merging begins once this much is new, or as much as was merged before: each record is rewritten about twice in its life. */
const NEW_BYTES_MIN = 1024 * 1024;
/** Or once so many files are new, however small. */
const NEW_SEGMENTS_MAX = 8;

export function worthCompacting(partition: Partition): boolean {
  const closed = partition.segments.slice(0, -1);
  const fresh = closed.filter(({ merged }) => !merged);
  const bytes = (segments: readonly Segment[]): number => segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const freshBytes = bytes(fresh);
  return fresh.length >= NEW_SEGMENTS_MAX || freshBytes >= Math.max(NEW_BYTES_MIN, bytes(closed) - freshBytes);
}

/**
 * Reads the closed segments twice: once for the newest offset of each key, once to copy. The new file is whole and synced
 * before it gets its name, and says in its head what it replaces: a crash leaves either the old files or the new one in force.
 */
export async function compact(partition: Partition): Promise<void> {
  const closed = partition.segments.slice(0, -1);
  const [first, last] = [closed[0], closed.at(-1)];
  if (first === undefined || last === undefined) return;
  const newest = new Map<string, number>();
  await eachFrame(partition, closed, (run, at) => {
    newest.set(frameKey(run.buffer, at), frameOffset(run.buffer, at));
  });
  const { disk, folder } = partition.options;
  const name = { base: first.base, generation: partition.nextGeneration() };
  const head = { base: first.base, replacesTo: last.until, firstAppendedAt: first.firstAppendedAt };
  const merged = new Segment(folder, name, head, 0);
  const unnamed = `${merged.path}.tmp`;
  const file = await disk.open(unnamed, 'create');
  try {
    const buffer = Buffer.alloc(SEGMENT_HEAD_BYTES);
    writeHead(buffer, head);
    await writeAll(disk, file, buffer, buffer.length, 0);
    merged.bytes = buffer.length;
    await copyNewest(partition, closed, newest, merged, file);
    await disk.sync(file);
    await disk.rename(unnamed, merged.path);
    await disk.syncFolder(folder);
  } catch (error) {
    await disk.remove(unnamed).catch(() => {});
    throw error;
  } finally {
    await disk.close(file).catch(() => {});
  }
  merged.until = last.until;
  await partition.replace(closed, merged);
}

async function copyNewest(
  partition: Partition,
  closed: readonly Segment[],
  newest: ReadonlyMap<string, number>,
  merged: Segment,
  file: number,
): Promise<void> {
  const { disk } = partition.options;
  let pieces: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    await writeAll(disk, file, Buffer.concat(pieces), bytes, merged.bytes);
    merged.bytes += bytes;
    pieces = [];
    bytes = 0;
  };
  await eachFrame(
    partition,
    closed,
    ({ buffer }, at) => {
      const offset = frameOffset(buffer, at);
      if (newest.get(frameKey(buffer, at)) !== offset) return;
      merged.marks.add(offset, frameAppendedAt(buffer, at), merged.bytes + bytes);
      pieces.push(Buffer.from(buffer.subarray(at, frameEnd(buffer, at))));
      bytes += frameEnd(buffer, at) - at;
    },
    async () => {
      if (bytes >= RUN_BYTES) await flush();
    },
  );
  await flush();
}

/** Every sound record of the segments in order; `afterRun` is awaited between two stretches of a file. */
async function eachFrame(
  partition: Partition,
  segments: readonly Segment[],
  see: (run: Run, at: number) => void,
  afterRun?: () => Promise<void>,
): Promise<void> {
  for (const segment of segments) {
    let next = segment.base;
    for (let position = SEGMENT_HEAD_BYTES; position < segment.bytes; ) {
      const run = await readRun(partition.options.disk, segment.path, position, segment.bytes);
      for (const at of run.frames) {
        const offset = frameOffset(run.buffer, at);
        if (offset < next || offset >= segment.until) continue;
        see(run, at);
        next = offset + 1;
      }
      position = run.next;
      await afterRun?.();
    }
  }
}
