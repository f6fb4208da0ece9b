/** Unpacks gzip member by member, in bounded memory: of a broken file all that came before the break is had. @see RFC 1952 */
import { crc32, createInflateRaw } from 'node:zlib';

/** What is wrong with the file: its end is missing, it is damaged, or something that is no gzip follows it. */
export class GzipProblem extends Error {
  readonly is: 'cut off' | 'damaged' | 'followed';

  constructor(is: GzipProblem['is'], how = '') {
    super(how);
    this.is = is;
  }
}

const TEXT_CHUNK_BYTES = 1 << 20;
/** With what a damaged piece holds, its text before the damage is lost: it is at most a sixteenth of what was read. */
const PIECE_BYTES = { min: 64, max: 1 << 14, ofRead: 1 / 16 };
const MAGIC = [0x1f, 0x8b];
const DEFLATE = 8;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/**
 * @param bytes  of the file; gzip files one after the other are one text, and zeros behind them, as tapes have them, are none
 * @returns      the text in chunks, each before what follows it is looked at
 * @throws GzipProblem
 */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new Source(bytes);
  try {
    await skipHeader(source);
    do yield* member(source);
    while (await another(source));
  } finally {
    await source.end();
  }
}

/** A file in pieces of the size that is wanted; what was taken too much is given back. */
class Source {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #before = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** Bytes that were taken. */
  get taken(): number {
    return this.#before + this.#at;
  }

  /** @returns 1..bytesMax bytes, fewer where a chunk ends; null at the end of the file */
  async piece(bytesMax: number): Promise<Uint8Array | null> {
    while (this.#at === this.#chunk.length) {
      const next = await this.#chunks.next();
      if (next.done) return null;
      this.#before += this.#at;
      this.#chunk = next.value;
      this.#at = 0;
    }
    const piece = this.#chunk.subarray(this.#at, this.#at + bytesMax);
    this.#at += piece.length;
    return piece;
  }

  /** The last bytes of the newest piece are taken again next. */
  giveBack(bytes: number): void {
    this.#at -= bytes;
  }

  async byte(): Promise<number> {
    const piece = await this.piece(1);
    if (!piece) throw new GzipProblem('cut off');
    return piece[0] as number;
  }

  /** Little endian. */
  async number(bytes: number): Promise<number> {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += (await this.byte()) * 256 ** i;
    return value;
  }

  async end(): Promise<void> {
    await this.#chunks.return?.();
  }
}

async function skipHeader(source: Source): Promise<void> {
  const magic = [await source.byte(), await source.byte()];
  if (magic.some((byte, i) => byte !== MAGIC[i])) throw new GzipProblem('followed');
  const method = await source.byte();
  const flags = await source.byte();
  if (method !== DEFLATE || flags & FLAG.reserved) throw new GzipProblem('damaged', 'incorrect header');
  // Time of change, effort, system.
  await source.number(6);
  if (flags & FLAG.extra) for (let left = await source.number(2); left > 0; left--) await source.byte();
  if (flags & FLAG.name) while ((await source.byte()) !== 0);
  if (flags & FLAG.comment) while ((await source.byte()) !== 0);
  if (flags & FLAG.headerCrc) await source.number(2);
}

/** Whether one more member follows; then its header is read. */
async function another(source: Source): Promise<boolean> {
  const next = await source.piece(1);
  if (!next || next[0] === 0) return false;
  if (next[0] !== MAGIC[0]) throw new GzipProblem('followed');
  source.giveBack(1);
  await skipHeader(source);
  return true;
}

/** The text of one member, whose sum is compared at its end. */
async function* member(source: Source): AsyncGenerator<Uint8Array> {
  const inflating = new Inflating();
  let sum = 0;
  let length = 0;
  try {
    while (!inflating.hasEnded) {
      const { min, max, ofRead } = PIECE_BYTES;
      const piece = await source.piece(Math.min(max, Math.max(min, Math.floor(source.taken * ofRead))));
      if (!piece) throw new GzipProblem('cut off');
      source.giveBack(await inflating.take(piece));
      for (const text of inflating.texts()) {
        sum = crc32(text, sum);
        length += text.length;
        yield text;
      }
      if (inflating.error) throw new GzipProblem('damaged', inflating.error.message);
    }
  } finally {
    inflating.stop();
  }
  if ((await source.number(4)) !== sum) throw new GzipProblem('damaged', 'incorrect data check');
  if ((await source.number(4)) !== length % 2 ** 32) throw new GzipProblem('damaged', 'incorrect length check');
}

/** A deflate stream that tells where it ends among the bytes it is handed. */
class Inflating {
  readonly #raw = createInflateRaw({ chunkSize: TEXT_CHUNK_BYTES });
  #texts: Uint8Array[] = [];
  #handed = 0;
  #failed: () => void = () => {};
  hasEnded = false;
  error: Error | null = null;

  constructor() {
    this.#raw.on('data', (text: Uint8Array) => this.#texts.push(text));
    this.#raw.on('error', (error) => {
      this.error = error;
      this.#failed();
    });
  }

  /** @returns how many of the bytes stand behind the end */
  async take(piece: Uint8Array): Promise<number> {
    this.#handed += piece.length;
    await new Promise<void>((resolve) => {
      this.#failed = resolve;
      this.#raw.write(piece, () => resolve());
    });
    if (this.error) return 0;
    const left = this.#handed - this.#raw.bytesWritten;
    this.hasEnded = left > 0;
    return left;
  }

  /** What came since it was last asked. */
  texts(): Uint8Array[] {
    const texts = this.#texts;
    this.#texts = [];
    return texts;
  }

  stop(): void {
    this.#raw.destroy();
  }
}
