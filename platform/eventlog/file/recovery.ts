/**
 * Opens a partition's folder after whatever happened: a crash at any point needs no repair. Nothing is cut off or rewritten:
 * where the newest file does not end cleanly, appends go on in a new one, and what stands behind the last sound record is ignored.
 */
import path from 'node:path';
import type { OnProblem } from '../problem.ts';
import { type Disk, readAll, writeAll } from './disk.ts';
import { frameAppendedAt, frameEnd, frameOffset } from './frame.ts';
import type { PartitionState } from './partition.ts';
import { GROUP_BYTES_MAX } from './queue.ts';
import { readRun } from './run.ts';
import { readHead, SEGMENT_HEAD_BYTES, Segment, type SegmentHead, type SegmentName, segmentName } from './segment.ts';

interface RecoveryOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly fsync: 'group' | 'interval' | 'never';
  readonly report: OnProblem;
}

interface Found {
  readonly file: string;
  readonly name: SegmentName;
  readonly head: SegmentHead | undefined;
  readonly bytes: number;
}

export async function recover(options: RecoveryOptions): Promise<PartitionState> {
  const { disk, folder } = options;
  await disk.makeFolder(folder);
  const found: Found[] = [];
  for (const file of await disk.list(folder)) {
    const name = segmentName(file);
    if (name !== undefined) found.push(await look(disk, folder, file, name));
    else if (file.endsWith('.tmp')) await disk.remove(path.join(folder, file));
  }
  const kept: Found[] = [];
  for (const one of found) {
    if (found.some((other) => replaces(other, one))) await disk.remove(path.join(folder, one.file));
    else kept.push(one);
  }
  // A file that the last process removed must not come back after what this one writes.
  if (found.length > 0 && options.fsync !== 'never') await disk.syncFolder(folder);
  kept.sort((a, b) => a.name.base - b.name.base);
  const segments = kept.map(({ name, head, bytes }) => {
    const known = head ?? { replacesTo: 0, firstAppendedAt: 0 };
    return new Segment(folder, name, known, Math.max(bytes, SEGMENT_HEAD_BYTES));
  });
  segments.forEach((segment, i) => {
    segment.until = segments[i + 1]?.base ?? segment.base;
  });
  const lastAppendedAt = await openNewest(options, segments, kept.at(-1)?.head);
  // A damaged head says no time: what follows is later, and so nothing is deleted too early.
  let later = lastAppendedAt;
  for (const segment of segments.toReversed()) {
    if (segment.firstAppendedAt === 0) segment.firstAppendedAt = later;
    later = segment.firstAppendedAt;
  }
  const lastGeneration = found.reduce((last, { name }) => Math.max(last, name.generation), 0);
  return { segments, end: segments.at(-1)?.until ?? 0, lastAppendedAt, lastGeneration };
}

async function look(disk: Disk, folder: string, file: string, name: SegmentName): Promise<Found> {
  const opened = await disk.open(path.join(folder, file), 'read');
  try {
    const bytes = await disk.size(opened);
    const buffer = Buffer.alloc(Math.min(bytes, SEGMENT_HEAD_BYTES));
    const filled = await readAll(disk, opened, buffer, 0).catch(() => 0);
    return { file, name, head: readHead(buffer.subarray(0, filled)), bytes };
  } finally {
    await disk.close(opened);
  }
}

/** A merged segment replaces what it was made of; of two with one base the older never got an acknowledged record. */
function replaces(newer: Found, older: Found): boolean {
  if (newer.name.generation <= older.name.generation) return false;
  const { base } = older.name;
  return newer.name.base === base || (newer.name.base < base && base < (newer.head?.replacesTo ?? 0));
}

/** Finds the partition's end and opens its newest segment for writing, if it ends cleanly. Gives the newest append time, ms. */
async function openNewest(options: RecoveryOptions, segments: readonly Segment[], head: SegmentHead | undefined): Promise<number> {
  const newest = segments.at(-1);
  if (newest === undefined) return 0;
  const fileBytes = newest.bytes;
  newest.until = Number.POSITIVE_INFINITY;
  const scanned = await scan(options.disk, newest);
  newest.bytes = scanned.bytes;
  newest.until = scanned.end;
  const torn = fileBytes - scanned.bytes;
  if (torn > 0) {
    const message = `${newest.path}: its last ${torn} bytes are no whole record: an append was cut short. Reading ends before them.`;
    options.report({ kind: 'torn-tail', message });
  }
  if (scanned.damagedBytes > torn) reportDamage(options.report, newest);
  newest.file = await options.disk.open(newest.path, 'write');
  if (options.fsync !== 'never') await settle(options.disk, newest.file, scanned);
  if (torn > 0 || head === undefined) await distrust(options.disk, newest);
  if (scanned.lastAppendedAt > 0) return scanned.lastAppendedAt;
  if (head !== undefined) return head.firstAppendedAt;
  const before = segments.at(-2);
  return before === undefined ? 0 : (await scan(options.disk, before)).lastAppendedAt || before.firstAppendedAt;
}

async function distrust(disk: Disk, segment: Segment): Promise<void> {
  segment.distrusted = true;
  await disk.close(segment.file as number);
  segment.file = undefined;
}

/**
 * Makes durable what was found. If the process died between a failed sync and its undoing, the last group is in the page
 * cache, called clean, and not on the disk, and no sync would write it: so it is written once more first.
 */
async function settle(disk: Disk, file: number, { bytes, lastRecordBytes }: Scanned): Promise<void> {
  const from = Math.max(0, bytes - Math.max(GROUP_BYTES_MAX, lastRecordBytes));
  const group = Buffer.alloc(bytes - from);
  const found = await readAll(disk, file, group, from).catch(() => 0);
  if (found === group.length) await writeAll(disk, file, group, group.length, from);
  await disk.sync(file);
}

export function reportDamage(report: OnProblem, segment: Segment): void {
  if (segment.damageReported) return;
  segment.damageReported = true;
  const advice = 'Look at the disk, and restore the file from a backup if you have one.';
  const message = `${segment.path}: a part of it is damaged and cannot be read; reading goes on after it. ${advice}`;
  report({ kind: 'damaged', message });
}

interface Scanned {
  /** Where the last record ends, in bytes from the beginning of the file. */
  readonly bytes: number;
  /** The offset after the last record. */
  readonly end: number;
  /** 0 where there is no record. */
  readonly lastAppendedAt: number;
  readonly lastRecordBytes: number;
  readonly damagedBytes: number;
}

async function scan(disk: Disk, segment: Segment): Promise<Scanned> {
  let bytes = SEGMENT_HEAD_BYTES;
  let end = segment.base;
  let lastAppendedAt = 0;
  let lastRecordBytes = 0;
  let damagedBytes = 0;
  for (let position = SEGMENT_HEAD_BYTES; position < segment.bytes; ) {
    const { buffer, frames, next, damagedBytes: damaged } = await readRun(disk, segment.path, position, segment.bytes);
    for (const at of frames) {
      const offset = frameOffset(buffer, at);
      if (offset < end || offset >= segment.until) continue;
      lastAppendedAt = frameAppendedAt(buffer, at);
      segment.marks.add(offset, lastAppendedAt, position + at);
      bytes = position + frameEnd(buffer, at);
      lastRecordBytes = frameEnd(buffer, at) - at;
      end = offset + 1;
    }
    damagedBytes += damaged;
    position = next;
  }
  return { bytes, end, lastAppendedAt, lastRecordBytes, damagedBytes };
}
