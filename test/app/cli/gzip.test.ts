import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GzipProblem, gunzip } from '../../../app/cli/gzip.ts';

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** All the text that is had, and what ended it. */
async function unpacked(bytes: Uint8Array, pieceBytes = 1 << 20): Promise<{ text: string; problem: GzipProblem['is'] | null }> {
  const texts: Uint8Array[] = [];
  try {
    for await (const text of gunzip(pieces(bytes, pieceBytes))) texts.push(text);
    return { text: Buffer.concat(texts).toString(), problem: null };
  } catch (error) {
    if (!(error instanceof GzipProblem)) throw error;
    return { text: Buffer.concat(texts).toString(), problem: error.is };
  }
}

/** A header with everything that RFC 1952 allows, before the deflate stream of `text`. */
function decked(text: string): Buffer {
  const packed = gzipSync(text);
  const [extra, name, comment, sum] = [Buffer.from([3, 0, 7, 0, 7]), Buffer.from('a.csv\0'), Buffer.from('said\0'), Buffer.from([1, 2])];
  packed[3] = 1 | 2 | 4 | 8 | 16;
  return Buffer.concat([packed.subarray(0, 10), extra, name, comment, sum, packed.subarray(10)]);
}

test('members of any size, in pieces of any size, are one text', async () => {
  const members = fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(members, fc.integer({ min: 1, max: 400 }), fc.constantFrom(0, 1, 600), async (texts, pieceBytes, zeros) => {
      const bytes = Buffer.concat([...texts.map((text) => gzipSync(text)), Buffer.alloc(zeros)]);
      expect(await unpacked(bytes, pieceBytes)).toEqual({ text: Buffer.from(texts.join('')).toString(), problem: null });
    }),
    { numRuns: 50 },
  );
});

test('a header with a name, a comment and more is passed over', async () => {
  for (const pieceBytes of [1, 1000]) {
    expect(await unpacked(Buffer.concat([decked('1,1\n'), decked('2,2\n')]), pieceBytes)).toEqual({ text: '1,1\n2,2\n', problem: null });
  }
});

test('wherever it is cut off, it is said, and what came before is had', async () => {
  const [one, two] = ['1,1\n'.repeat(50), '2,2\n'.repeat(50)];
  const first = decked(one);
  const bytes = Buffer.concat([first, gzipSync(two)]);
  for (let length = 3; length < bytes.length; length++) {
    if (length === first.length) continue;
    const { text, problem } = await unpacked(bytes.subarray(0, length));
    expect({ length, problem }).toEqual({ length, problem: 'cut off' });
    expect(`${one}${two}`.startsWith(text)).toBe(true);
    if (length > first.length) expect(text.length).toBeGreaterThanOrEqual(one.length);
  }
});

test('a wrong sum, a wrong length and a wrong header are damage', async () => {
  const good = gzipSync('1,1\n2,2\n');
  for (const [at, byte] of [
    [good.length - 8, 0],
    [good.length - 4, 7],
    [2, 7],
    [3, 0xe0],
  ] as const) {
    const bytes = Buffer.from(good);
    bytes[at] = byte === 0 ? (bytes[at] as number) ^ 1 : byte;
    expect((await unpacked(bytes)).problem).toBe('damaged');
  }
});

test('of what is no gzip behind it nothing is taken, and all before it', async () => {
  for (const more of ['x', '\u001f', '\u001fx', 'more\n'.repeat(500)]) {
    const bytes = Buffer.concat([gzipSync('1,1\n'), Buffer.from(more)]);
    expect(await unpacked(bytes)).toEqual({ text: '1,1\n', problem: more === '\u001f' ? 'cut off' : 'followed' });
  }
});

test('whoever has enough ends the reading of the file', async () => {
  let ended = false;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces(gzipSync('1,1\n'.repeat(1000)), 10);
    } finally {
      ended = true;
    }
  }
  for await (const _ of gunzip(watched())) break;
  expect(ended).toBe(true);
});
