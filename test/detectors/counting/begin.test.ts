import { expect, test } from 'vitest';
import { beginAt } from '../../../detectors/counting/begin.ts';
import type { Checkpoint, SavedPairs } from '../../../platform/topics/checkpoints.ts';

const at = (block: number, sealed: number[] = []): Checkpoint => ({
  partition: 0,
  block,
  progress: 0,
  logTime: { now: null, newest: 0, words: [] },
  producers: [],
  pairs: { open: null, sealed },
});
const pairs = (...buckets: number[]): Map<number, SavedPairs> => new Map(buckets.map((bucket) => [bucket, { bucket, hashes: 'a' }]));
const NONE = { checkpoints: [], pairs: pairs() };

test('counting goes on from the newest checkpoint, in whatever order they were kept', () => {
  expect(beginAt({ checkpoints: [at(7), at(9), at(8)], pairs: pairs() }, 0, 9500)).toMatchObject({
    offset: 9000,
    checkpoint: { block: 9 },
  });
});

test('a checkpoint whose block is no longer in the log, or not yet, is no beginning', () => {
  expect(beginAt({ checkpoints: [at(3)], pairs: pairs() }, 3001, 9500)).toMatchObject({ offset: 4000, passedOver: [] });
  expect(beginAt({ checkpoints: [at(3), at(10)], pairs: pairs() }, 3000, 9999)).toMatchObject({ offset: 3000, checkpoint: { block: 3 } });
  expect(beginAt({ checkpoints: [at(10)], pairs: pairs() }, 3000, 10_000)).toMatchObject({ offset: 10_000 });
});

test('a checkpoint whose pairs are gone is passed over and told', () => {
  const beginning = beginAt({ checkpoints: [at(9, [4, 5]), at(8, [4])], pairs: pairs(4) }, 0, 9500);
  expect(beginning).toMatchObject({ offset: 8000, checkpoint: { block: 8 }, pairs: [{ bucket: 4 }] });
  expect(beginning.passedOver).toEqual(['the checkpoint of block 9 names pairs that are gone']);
});

test('without a checkpoint counting begins with the first whole block', () => {
  expect(beginAt(NONE, 0, 0).offset).toBe(0);
  expect(beginAt(NONE, 1, 5000).offset).toBe(1000);
  expect(beginAt(NONE, 2000, 5000).offset).toBe(2000);
  expect(beginAt(NONE, 1500, 2000).offset).toBe(2000);
});

test('where no block begins in the log, all before was deleted and counting begins with what is there', () => {
  expect(beginAt(NONE, 1500, 1600).offset).toBe(1500);
  expect(beginAt(NONE, 1600, 1600).offset).toBe(1600);
});
