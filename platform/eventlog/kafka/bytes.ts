/** Kafka's numbers and texts, read one after the other from a piece of an answer. */

/** Whole up to 2^53, which no offset or time reaches. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

export class ByteReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  int64(): number {
    this.at += 8;
    return readInt64(this.bytes, this.at - 8);
  }

  /** A zigzag number of up to 64 bits. @throws RangeError at the end of the bytes */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || scale > 2 ** 63) throw new RangeError('a number is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** UTF-8 of so many bytes; below 0 is null, which is told as an empty text. */
  text(length: number): string {
    if (length <= 0) return '';
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError('a text is cut off');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  /** So many bytes as they are, not copied. */
  slice(length: number): Buffer {
    this.at += Math.max(0, length);
    return this.bytes.subarray(this.at - Math.max(0, length), this.at);
  }
}
