/**
 * Snappy, read only: the raw form, and the frames that Java's snappy library writes around it.
 *
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEAD_BYTES = 16;

/** @throws RangeError where the bytes are not Snappy, or would become more than `bytesMax` */
export function readSnappy(bytes: Buffer, bytesMax: number): Buffer {
  if (bytes.length < XERIAL_HEAD_BYTES || bytes.compare(XERIAL, 0, XERIAL.length, 0, XERIAL.length) !== 0) return readRaw(bytes, bytesMax);
  const parts: Buffer[] = [];
  let left = bytesMax;
  for (let at = XERIAL_HEAD_BYTES; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    if (length < 0 || at + 4 + length > bytes.length) throw new RangeError('a Snappy frame is cut off');
    const part = readRaw(bytes.subarray(at + 4, at + 4 + length), left);
    left -= part.length;
    parts.push(part);
    at += 4 + length;
  }
  return Buffer.concat(parts);
}

function readRaw(bytes: Buffer, bytesMax: number): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) throw new RangeError('its Snappy length cannot be read');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > bytesMax) throw new RangeError(`it would become ${length} bytes`);
  const out = Buffer.allocUnsafe(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const [size, from] = literal(bytes, tag >> 2, at);
      if (from + size > bytes.length || end + size > length) throw new RangeError('a Snappy literal is cut off');
      bytes.copy(out, end, from, from + size);
      at = from + size;
      end += size;
      continue;
    }
    const extra = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    if (at + extra > bytes.length) throw new RangeError('a Snappy copy is cut off');
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? ((tag >> 5) << 8) | (bytes[at] as number) : bytes.readUIntLE(at, extra);
    at += extra;
    end = copyBack(out, end, back, size);
  }
  if (end !== length) throw new RangeError('its Snappy text is cut off');
  return out;
}

/** Length and place of a literal whose tag says `size`. */
function literal(bytes: Buffer, size: number, at: number): [length: number, from: number] {
  if (size < 60) return [size + 1, at];
  const extra = size - 59;
  if (at + extra > bytes.length) throw new RangeError('a Snappy literal is cut off');
  return [bytes.readUIntLE(at, extra) + 1, at + extra];
}

/** Repeats `size` bytes from `back` before the end, which may overlap what is written; gives the new end. */
export function copyBack(out: Buffer, end: number, back: number, size: number): number {
  if (back === 0 || back > end || end + size > out.length) throw new RangeError('a copy lies outside of its text');
  if (back >= size) {
    out.copyWithin(end, end - back, end - back + size);
    return end + size;
  }
  for (let i = 0; i < size; i++) out[end + i] = out[end + i - back] as number;
  return end + size;
}
