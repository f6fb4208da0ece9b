import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForeignIds, PAIR_REMEMBERED_MS } from '../../../detectors/counting/foreign-ids.ts';
import { START } from './records.ts';

test('a pair is remembered for ten minutes, and each copy renews it', () => {
  const ids = new ForeignIds();
  expect(ids.isRepeat('curl', '1', START)).toBe(false);
  expect(ids.isRepeat('curl', '1', START + PAIR_REMEMBERED_MS)).toBe(true);
  expect(ids.isRepeat('curl', '1', START + 2 * PAIR_REMEMBERED_MS)).toBe(true);
  expect(ids.isRepeat('curl', '1', START + 3 * PAIR_REMEMBERED_MS + 20_000)).toBe(false);
});

test('source and id are a pair: neither alone, nor their letters run together', () => {
  const ids = new ForeignIds();
  ids.isRepeat('ab', 'c', START);
  expect(ids.isRepeat('a', 'bc', START)).toBe(false);
  expect(ids.isRepeat('ab', 'd', START)).toBe(false);
  expect(ids.isRepeat('ab', 'c', START)).toBe(true);
});

test('a bucket that time has left never changes again', () => {
  const ids = new ForeignIds();
  ids.isRepeat('curl', '1', START);
  ids.isRepeat('curl', '2', START);
  const { open } = ids.save(START);
  ids.isRepeat('curl', '1', START + 10_000);
  ids.isRepeat('curl', '3', START + 10_000);
  expect(ids.save(START + 10_000).sealed).toEqual([open?.bucket]);
  expect(ids.bucket(open?.bucket as number)).toEqual(open);
});

test('saved and restored at any moment it says the same, whenever what is old is let go', () => {
  const step = fc.record({ id: fc.integer({ min: 0, max: 8 }).map(String), afterMs: fc.constantFrom(0, 3000, 15_000, 200_000, 610_000) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.array(fc.constantFrom('nothing', 'forget', 'restart'), { maxLength: 60 }),
      (steps, between) => {
        let ids = new ForeignIds();
        const plain = new ForeignIds();
        let now = START;
        steps.forEach(({ id, afterMs }, i) => {
          now += afterMs;
          expect(ids.isRepeat('s', id, now)).toBe(plain.isRepeat('s', id, now));
          if (between[i] !== 'nothing') ids.forget(now);
          if (between[i] !== 'restart') return;
          const { open, sealed } = ids.save(now);
          const buckets = [...sealed.map((bucket) => ids.bucket(bucket)), open].filter((bucket) => bucket !== null);
          ids = ForeignIds.restore(JSON.parse(JSON.stringify(buckets)));
        });
      },
    ),
    { numRuns: 300 },
  );
});
