import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexedPng } from '../../../platform/charts/indexed-png.ts';
import { pixelsOf } from './pixels.ts';

/** Opaque pixels, four bytes each. */
const pixels = (colours: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(colours, (rgb) => 0xff000000 + rgb).buffer);

test('up to 256 colours every pixel is what it was', () => {
  const colour = fc.nat(0xffffff);
  const picture = fc.uniqueArray(colour, { minLength: 1, maxLength: 256 }).chain((colours) =>
    fc.tuple(
      fc.constant(colours),
      fc
        .array(fc.nat(colours.length - 1), { minLength: 12, maxLength: 120 })
        .map((numbers) => numbers.slice(0, numbers.length - (numbers.length % 12))),
    ),
  );
  fc.assert(
    fc.property(picture, ([colours, numbers]) => {
      const given = pixels(numbers.map((number) => colours[number] as number));
      const drawn = pixelsOf(indexedPng(given.slice(), 12, numbers.length / 12));
      expect(drawn.bytes.equals(Buffer.from(given))).toBe(true);
    }),
    { numRuns: 100, seed: 3 },
  );
});

test('of more colours the frequent ones stay, and a rare one becomes the nearest', () => {
  const frequent = Array.from({ length: 256 }, (_, i) => i * 0x0100).flatMap((colour) => [colour, colour]);
  const drawn = pixelsOf(indexedPng(pixels([...frequent, 0x034205, 0x00ff01]), 257, 2));
  expect([...drawn.bytes.subarray(-8)]).toEqual([0, 0x42, 0, 0xff, 0, 0xff, 0, 0xff]);
});

test('what is transparent stands on white', () => {
  const half = new Uint8Array([0x40, 0, 0, 0x80, 0, 0, 0, 0]);
  expect([...pixelsOf(indexedPng(half, 2, 1)).bytes]).toEqual([0xbf, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff]);
});
