/**
 * Zstandard, read only: by Node's core from 22.15 on, else by fzstd.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc8878
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';

type Unzip = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const core = (zlib as { zstdDecompress?: (...args: unknown[]) => void }).zstdDecompress;
const unzip = core && (promisify(core) as unknown as Unzip);
/** Fed piece by piece, so that a bomb is given up soon after it is one. */
const PIECE_BYTES = 64 * 1024;

/** @throws Error where the bytes are no Zstandard frames, or would become more than `bytesMax` */
export function readZstd(bytes: Buffer, bytesMax: number): Buffer | Promise<Buffer> {
  return unzip ? unzip(bytes, { maxOutputLength: bytesMax }) : readZstdAnywhere(bytes, bytesMax);
}

/** @throws Error as `readZstd` */
export function readZstdAnywhere(bytes: Buffer, bytesMax: number): Buffer {
  const window = windowBytes(bytes);
  if (window > bytesMax) throw new RangeError(`its Zstandard frame asks for a window of ${window} bytes`);
  const parts: Uint8Array[] = [];
  let length = 0;
  const frames = new Decompress((part) => {
    length += part.length;
    if (length > bytesMax) throw new RangeError(`it would become more than ${bytesMax} bytes`);
    parts.push(part);
  });
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    frames.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
  }
  return Buffer.concat(parts);
}

/** Memory that the first frame asks for before a byte of it is read (RFC 8878, 3.1.1.1). */
function windowBytes(bytes: Buffer): number {
  const HEAD_BYTES_MAX = 14;
  const head = Buffer.concat([bytes.subarray(4, 4 + HEAD_BYTES_MAX)], HEAD_BYTES_MAX);
  const flags = head.readUInt8(0);
  const isSingle = (flags & 0x20) !== 0;
  if (!isSingle) return 2 ** (10 + (head.readUInt8(1) >> 3)) * (1 + (head.readUInt8(1) & 7) / 8);
  const at = 1 + ([0, 1, 2, 4][flags & 3] as number);
  if (flags >> 6 === 0) return head.readUInt8(at);
  if (flags >> 6 === 1) return head.readUInt16LE(at) + 256;
  return flags >> 6 === 2 ? head.readUInt32LE(at) : Number(head.readBigUInt64LE(at));
}
