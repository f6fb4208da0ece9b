/**
 * One record as bytes: marker, length, CRC, then offset, appendedAt, key, headers, value.
 *
 * | at | bytes | what |
 * | --- | --- | --- |
 * | 0 | 4 | marker FF FE 50 4C: no UTF-8 text contains it, so that reading finds its feet again after damage |
 * | 4 | 4 | bytes after the CRC |
 * | 8 | 4 | CRC-32 of those bytes |
 * | 12 | 8 | offset, as a double (whole up to 2^53) |
 * | 20 | 8 | appendedAt, ms since the epoch, as a double |
 * | 28 | 4 | bytes of the key |
 * | 32 | 4 | bytes of the headers, JSON; 0 where there are none |
 * | 36 | | key, headers, value, all UTF-8 |
 *
 * All numbers are little endian.
 */
import { crc32 } from 'node:zlib';
import type { LogRecord, StoredRecord } from '../eventlog.ts';

export const FRAME_MARKER = Buffer.from([0xff, 0xfe, 0x50, 0x4c]);
const MARKER = FRAME_MARKER.readUInt32LE(0);
const BODY_AT = 12;
const TEXT_AT = 36;

/** The largest record, with its key and headers; a longer length in a file is damage. */
export const RECORD_BYTES_MAX = 8 * 1024 * 1024;

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** A record whose length in bytes is known; its texts are such that reading gives back exactly what the memory holds. */
export interface SizedRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersText: string;
  readonly keyBytes: number;
  readonly headersBytes: number;
  /** The whole frame. */
  readonly bytes: number;
}

export function sizedRecord(record: LogRecord): SizedRecord {
  const key = wellFormed(record.key);
  const value = wellFormed(record.value);
  let headers = NO_HEADERS;
  let headersText = '';
  let headersBytes = 0;
  if (record.headers !== undefined) {
    headersText = JSON.stringify(record.headers);
    if (headersText === '{}') headersText = '';
    else {
      headers = { ...record.headers };
      headersBytes = Buffer.byteLength(headersText);
    }
  }
  const keyBytes = Buffer.byteLength(key);
  const bytes = TEXT_AT + keyBytes + headersBytes + Buffer.byteLength(value);
  return { key, value, headers, headersText, keyBytes, headersBytes, bytes };
}

/** Half of a surrogate pair has no UTF-8: it becomes U+FFFD here rather than only on the disk. */
function wellFormed(text: string): string {
  const known = text as string & { isWellFormed(): boolean; toWellFormed(): string };
  return known.isWellFormed() ? text : known.toWellFormed();
}

/** Writes the frame at `at`, where `record.bytes` must be free; gives the place after it. */
export function writeFrame(buffer: Buffer, at: number, offset: number, appendedAt: number, record: SizedRecord): number {
  const end = at + record.bytes;
  buffer.writeUInt32LE(MARKER, at);
  buffer.writeUInt32LE(record.bytes - BODY_AT, at + 4);
  buffer.writeDoubleLE(offset, at + 12);
  buffer.writeDoubleLE(appendedAt, at + 20);
  buffer.writeUInt32LE(record.keyBytes, at + 28);
  buffer.writeUInt32LE(record.headersBytes, at + 32);
  const headersAt = at + TEXT_AT + record.keyBytes;
  buffer.write(record.key, at + TEXT_AT, 'utf8');
  if (record.headersBytes > 0) buffer.write(record.headersText, headersAt, 'utf8');
  buffer.write(record.value, headersAt + record.headersBytes, 'utf8');
  buffer.writeUInt32LE(crc32(buffer.subarray(at + BODY_AT, end)), at + 8);
  return end;
}

/**
 * Bytes of the sound frame at `at` of `buffer[0, end)`; 0 where there is none; below 0 where it may be one,
 * but so many bytes are missing.
 */
export function frameBytes(buffer: Buffer, at: number, end: number): number {
  if (end - at < BODY_AT) return at === end || startsMarker(buffer, at, end) ? end - at - TEXT_AT : 0;
  if (buffer.readUInt32LE(at) !== MARKER) return 0;
  const length = buffer.readUInt32LE(at + 4);
  const bytes = length + BODY_AT;
  if (bytes < TEXT_AT || bytes > RECORD_BYTES_MAX) return 0;
  if (at + bytes > end) return end - at - bytes;
  if (crc32(buffer.subarray(at + BODY_AT, at + bytes)) !== buffer.readUInt32LE(at + 8)) return 0;
  const texts = buffer.readUInt32LE(at + 28) + buffer.readUInt32LE(at + 32);
  return TEXT_AT + texts <= bytes ? bytes : 0;
}

function startsMarker(buffer: Buffer, at: number, end: number): boolean {
  const length = Math.min(FRAME_MARKER.length, end - at);
  return buffer.compare(FRAME_MARKER, 0, length, at, at + length) === 0;
}

/** The place after a sound frame. */
export function frameEnd(buffer: Buffer, at: number): number {
  return at + BODY_AT + buffer.readUInt32LE(at + 4);
}

export function frameOffset(buffer: Buffer, at: number): number {
  return buffer.readDoubleLE(at + 12);
}

export function frameAppendedAt(buffer: Buffer, at: number): number {
  return buffer.readDoubleLE(at + 20);
}

export function frameKey(buffer: Buffer, at: number): string {
  return buffer.toString('utf8', at + TEXT_AT, at + TEXT_AT + buffer.readUInt32LE(at + 28));
}

/** The record of a frame that `frameBytes` found sound. */
export function readFrame(buffer: Buffer, at: number, partition: number): StoredRecord {
  const end = frameEnd(buffer, at);
  const headersAt = at + TEXT_AT + buffer.readUInt32LE(at + 28);
  const valueAt = headersAt + buffer.readUInt32LE(at + 32);
  return {
    partition,
    offset: frameOffset(buffer, at),
    appendedAt: frameAppendedAt(buffer, at),
    key: buffer.toString('utf8', at + TEXT_AT, headersAt),
    value: buffer.toString('utf8', valueAt, end),
    headers: valueAt === headersAt ? NO_HEADERS : (JSON.parse(buffer.toString('utf8', headersAt, valueAt)) as Record<string, string>),
  };
}
