/**
 * LZ4 frames, read only: what Kafka's Java and C clients write.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
import { copyBack } from './snappy.ts';

const MAGIC = 0x184d2204;
const RAW_BLOCK = 0x80000000;

/** @throws RangeError where the bytes are no LZ4 frame, or would become more than `bytesMax` */
export function readLz4(bytes: Buffer, bytesMax: number): Buffer {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('it is no LZ4 frame');
  const flags = bytes[4] as number;
  const sized = (flags & 0x08) !== 0;
  const blockChecked = (flags & 0x10) !== 0;
  const dictionary = (flags & 0x01) !== 0;
  // Magic, flags, block size, then what the flags announce, then a checksum of this head.
  let at = 6 + (sized ? 8 : 0) + (dictionary ? 4 : 0) + 1;
  const out = new Growing(bytesMax);
  for (;;) {
    if (at + 4 > bytes.length) throw new RangeError('its LZ4 frame is cut off');
    const head = bytes.readUInt32LE(at);
    at += 4;
    if (head === 0) return out.whole();
    const length = head & 0x7fffffff;
    if (at + length > bytes.length) throw new RangeError('an LZ4 block is cut off');
    const block = bytes.subarray(at, at + length);
    if ((head & RAW_BLOCK) !== 0) out.literal(block, 0, length);
    else readBlock(block, out);
    at += length + (blockChecked ? 4 : 0);
  }
}

function readBlock(block: Buffer, out: Growing): void {
  let at = 0;
  const more = (length: number): number => {
    if (length < 15) return length;
    let whole = length;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) throw new RangeError('an LZ4 length is cut off');
      whole += byte;
      if (byte < 255) return whole;
    }
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = more(token >> 4);
    if (at + literals > block.length) throw new RangeError('an LZ4 literal is cut off');
    out.literal(block, at, literals);
    at += literals;
    if (at >= block.length) return;
    if (at + 2 > block.length) throw new RangeError('an LZ4 copy is cut off');
    const back = block.readUInt16LE(at);
    at += 2;
    out.repeat(back, more(token & 15) + 4);
  }
}

/** A frame need not say how long its text is. */
class Growing {
  readonly #bytesMax: number;
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #end = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  literal(from: Buffer, at: number, length: number): void {
    this.#room(length);
    from.copy(this.#bytes, this.#end, at, at + length);
    this.#end += length;
  }

  repeat(back: number, length: number): void {
    this.#room(length);
    this.#end = copyBack(this.#bytes, this.#end, back, length);
  }

  whole(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  #room(length: number): void {
    const needed = this.#end + length;
    if (needed > this.#bytesMax) throw new RangeError(`it would become more than ${this.#bytesMax} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
