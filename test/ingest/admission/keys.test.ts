import { createHash, timingSafeEqual } from 'node:crypto';
import { expect, test } from 'vitest';
import { bearerKey, keyring } from '../../../ingest/admission/keys.ts';

const secrets = { digest: (text: string) => createHash('sha256').update(text).digest(), equal: timingSafeEqual };

test('without keys anyone may write anything', () => {
  expect(keyring([], secrets)(undefined)?.mayWrite('order.placed')).toBe(true);
});

test('a key opens for its own writer only, and only for its types', () => {
  const writerOf = keyring(
    [
      { name: 'shop', key: 'a-long-key-of-the-shop' },
      { name: 'cron', key: 'a-long-key-of-cron', types: ['a.b'] },
    ],
    secrets,
  );
  expect(writerOf('a-long-key-of-the-shop')?.name).toBe('shop');
  const cron = writerOf('a-long-key-of-cron');
  expect([cron?.name, cron?.mayWrite('a.b'), cron?.mayWrite('a.c'), cron?.mayWrite('constructor')]).toEqual(['cron', true, false, false]);
  for (const wrong of [undefined, '', 'a-long-key-of', 'shop']) expect(writerOf(wrong)).toBeNull();
});

test('the key is read from a bearer header alone', () => {
  expect(bearerKey('Bearer abc')).toBe('abc');
  expect(bearerKey('bearer  abc ')).toBe('abc');
  for (const header of [undefined, '', 'abc', 'Basic abc', 'Bearer', 'Bearer a b']) expect(bearerKey(header)).toBeUndefined();
});
