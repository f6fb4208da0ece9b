/** Unpacks gzip, never further than it may grow, and only so much at the same moment. */
import { gunzip } from 'node:zlib';

/** Deflate cannot pack tighter than this. @see https://zlib.net/zlib_tech.html */
const RATIO_MAX = 1032;

export class Inflater {
  readonly #inflatedBytesMax: number;
  readonly #turns: (() => void)[] = [];
  #freeBytes: number;

  constructor({ inflatedBytesMax, inflatingBytesMax }: { inflatedBytesMax: number; inflatingBytesMax: number }) {
    this.#inflatedBytesMax = inflatedBytesMax;
    this.#freeBytes = Math.max(inflatedBytesMax, inflatingBytesMax);
  }

  /** @returns the body; `too big` where it grows beyond the limit, and `broken` where it is no gzip */
  async inflate(body: Uint8Array): Promise<Buffer | 'too big' | 'broken'> {
    const bytes = Math.min(this.#inflatedBytesMax, body.length * RATIO_MAX);
    while (this.#freeBytes < bytes) await new Promise<void>((resolve) => this.#turns.push(resolve));
    this.#freeBytes -= bytes;
    try {
      return await unpack(body, this.#inflatedBytesMax);
    } finally {
      this.#freeBytes += bytes;
      for (const turn of this.#turns.splice(0)) turn();
    }
  }
}

function unpack(body: Uint8Array, maxOutputLength: number): Promise<Buffer | 'too big' | 'broken'> {
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength }, (error, inflated) => {
      if (!error) resolve(inflated);
      else resolve((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too big' : 'broken');
    });
  });
}
