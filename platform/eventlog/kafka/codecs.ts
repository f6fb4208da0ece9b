/** How batches of records are packed: gzip level 1 written, every codec of Kafka read. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import { readLz4 } from './lz4.ts';
import { readSnappy } from './snappy.ts';
import { readZstd } from './zstd.ts';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
type Codec = (typeof CODECS)[number];

/** What a batch may become: a bomb of a thousandfold is given up long before it fills the memory. */
export const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;
/** Above, a thread of the pool packs and unpacks: this much holds the event loop for some milliseconds. */
const AT_ONCE_BYTES_MAX = 16 * 1024;
/** Three times as fast as zlib's default at about the same size. */
const GZIP_LEVEL = 1;

type Unzip = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gzip = promisify(zlib.gzip) as (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
const unzip = promisify(zlib.unzip) as Unzip;

/** The codec by the lowest three bits of a batch's attributes; undefined for one that came after this was written. */
export function codecOf(attributes: number): Codec | undefined {
  return CODECS[attributes & 7];
}

/** @throws Error with words that end a sentence: what is wrong with the bytes */
export function unpack(codec: Codec, bytes: Buffer): Buffer | Promise<Buffer> {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      if (bytes.length > AT_ONCE_BYTES_MAX) return unzip(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
      return zlib.unzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
    case 'snappy':
      return readSnappy(bytes, UNPACKED_BYTES_MAX);
    case 'lz4':
      return readLz4(bytes, UNPACKED_BYTES_MAX);
    case 'zstd':
      return readZstd(bytes, UNPACKED_BYTES_MAX);
  }
}

async function pack({ buffer }: { buffer: Buffer }): Promise<Buffer> {
  if (buffer.length > AT_ONCE_BYTES_MAX) return gzip(buffer, { level: GZIP_LEVEL });
  return zlib.gzipSync(buffer, { level: GZIP_LEVEL });
}

const { CompressionCodecs, CompressionTypes } = kafkajs;
// kafkajs packs what is appended by this; whoever else reads by kafkajs in this process finds it whole.
CompressionCodecs[CompressionTypes.GZIP] = () => ({ compress: pack, decompress: async (bytes: Buffer) => unpack('gzip', bytes) });

export const GZIP: number = CompressionTypes.GZIP;
