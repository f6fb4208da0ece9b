import { expect, test } from 'vitest';
import { type Checkpoint, checkpointRecord, decodeCheckpoints, pairsRecord } from '../../../platform/topics/checkpoints.ts';

const CHECKPOINT: Checkpoint = {
  partition: 2,
  block: 19,
  progress: 1763733600250,
  logTime: { now: 1763733600250, newest: 1763733600250, words: [['tick a', 1763733600250, 1763733600251]] },
  producers: [
    {
      name: 'shop#1',
      heard: 1763733600100,
      until: 1763733600000,
      bye: false,
      seen: { first: 0, highest: 9, publishedBefore: 0, published: 90, gaps: [[3, 4, 20, 30, 1763733600000, false]], begun: [9, 100] },
      skew: [3, 8],
    },
  ],
  pairs: { open: { bucket: 176373360, hashes: 'a1 b2' }, sealed: [176373359] },
};
const decoded = (value: string): unknown => decodeCheckpoints({ partition: 0, offset: 0, appendedAt: 0, key: '', value, headers: {} });

test('what is written is what is read', () => {
  const { key, value } = checkpointRecord(CHECKPOINT, 'a');
  expect(key).toBe('2/3');
  expect(decoded(value)).toEqual({ checkpoint: CHECKPOINT });
  const pairs = { bucket: 257, hashes: 'a1 b2' };
  const record = pairsRecord(2, pairs);
  expect(record.key).toBe('2/pairs/1');
  expect(decoded(record.value)).toEqual({ partition: 2, pairs });
});

test('a checkpoint of another version, or of another shape anywhere, is refused with the reason', () => {
  const { value } = checkpointRecord(CHECKPOINT, 'a');
  expect(decoded(value.replace('"v":1', '"v":2'))).toBe('has version 2; this program reads 1');
  expect(decoded('{')).toMatch(/^is not JSON/);
  expect(decoded('null')).toMatch(/version undefined/);
  const breaks: [string, string][] = [
    ['"block":19', '"block":-1'],
    ['"progress":1763733600250', '"progress":null'],
    ['"newest":1763733600250', '"newest":"x"'],
    ['["tick a",', '[7,'],
    ['"name":"shop#1"', '"name":1'],
    ['"skew":[3,8]', '"skew":[3,null]'],
    ['"published":90', '"published":"90"'],
    ['"begun":[9,100]', '"begun":{}'],
    [',false]]', ',0]]'],
    ['"sealed":[176373359]', '"sealed":[1.5]'],
    ['"hashes":"a1 b2"', '"hashes":7'],
  ];
  for (const [from, to] of breaks) {
    expect(value).toContain(from);
    expect(decoded(value.replace(from, to))).toBe('has not the shape of a checkpoint');
  }
});
