import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BEGUN_REMEMBERED, GAP_LOST_AFTER_MS, GAPS_MAX, Seen } from '../../../detectors/counting/seen.ts';

/** The batch `seq` of a producer that publishes ten events in each, every 100 ms. */
const batch = (seq: number) => ({ seq, t0: seq * 100, published: (seq + 1) * 10 });
const hear = (seen: Seen, seq: number, now = seq * 100): string => seen.hear(batch(seq), 10, now);

test('a batch is a repeat only if it was seen: batch 10 after batch 11 is not', () => {
  const seen = new Seen();
  expect([hear(seen, 9), hear(seen, 11), hear(seen, 10)]).toEqual(['new', 'new', 'new']);
  expect([hear(seen, 9), hear(seen, 10), hear(seen, 11)]).toEqual(['repeat', 'repeat', 'repeat']);
  expect(seen.waiting).toBe(false);
});

test('a batch before the first one heard is new', () => {
  const seen = new Seen();
  expect([hear(seen, 5), hear(seen, 2), hear(seen, 4), hear(seen, 3), hear(seen, 3)]).toEqual(['new', 'new', 'new', 'new', 'repeat']);
  expect(seen.takeLost(1e9)).toBe(0);
});

test('what is passed over becomes a loss after a minute, in events', () => {
  const seen = new Seen();
  hear(seen, 0, 0);
  hear(seen, 4, 0);
  expect(seen.takeLost(GAP_LOST_AFTER_MS - 1)).toBe(0);
  expect(seen.takeLost(GAP_LOST_AFTER_MS)).toBe(30);
  expect(seen.takeLost(GAP_LOST_AFTER_MS * 2)).toBe(0);
});

test('what comes late out of a gap is counted and is no loss, also after it was told as one', () => {
  const seen = new Seen();
  hear(seen, 0, 0);
  hear(seen, 9, 0);
  hear(seen, 4, 0);
  expect(seen.takeLost(GAP_LOST_AFTER_MS)).toBe(70);
  expect(hear(seen, 6, 0)).toBe('new');
  expect(hear(seen, 6, 0)).toBe('repeat');
  expect(seen.takeLost(GAP_LOST_AFTER_MS)).toBe(0);
});

test('sixty-four gaps are remembered; with one more the oldest is given up and told', () => {
  const seen = new Seen();
  for (let i = 0; i <= GAPS_MAX; i++) hear(seen, i * 2);
  expect(seen.takeLost(0)).toBe(0);
  hear(seen, (GAPS_MAX + 1) * 2);
  expect(seen.takeLost(0)).toBe(10);
  expect(hear(seen, 1)).toBe('repeat');
  expect(hear(seen, 3)).toBe('new');
});

test('the same seq with another t0 is another sender and never discarded, its own repeat is', () => {
  const seen = new Seen();
  hear(seen, 3);
  hear(seen, 4);
  const other = { ...batch(4), t0: 417 };
  expect(seen.hear(other, 10, 0)).toBe('other sender');
  expect(seen.hear(other, 10, 0)).toBe('repeat');
  expect(hear(seen, 4)).toBe('repeat');
});

test('two processes under one producer id lose nothing, however far one is ahead', () => {
  const seen = new Seen();
  for (let seq = 0; seq < 500; seq++) hear(seen, seq);
  for (let seq = 0; seq < 500; seq++) {
    const now = 50_000 + seq * 100;
    expect(seen.hear({ seq, t0: now, published: seq }, 1, now)).toBe('other sender');
    expect(seen.hear({ seq: 500 + seq, t0: now + 7, published: 5000 + seq * 10 }, 10, now)).not.toBe('repeat');
  }
});

test('a repeat much older than what is remembered of t0 is still a repeat', () => {
  const seen = new Seen();
  for (let seq = 0; seq < BEGUN_REMEMBERED * 5; seq++) hear(seen, seq);
  for (let seq = 0; seq < BEGUN_REMEMBERED * 5; seq++) expect(hear(seen, seq)).toBe('repeat');
});

test('any order with any repeats says `new` exactly once a batch, and knows what is missing, also when saved and restored between', () => {
  const seqs = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(seqs, (order) => {
      let seen = new Seen();
      const heard = new Set<number>();
      for (const seq of order) {
        expect(seen.hear(batch(seq), 10, 0)).toBe(heard.has(seq) ? 'repeat' : 'new');
        heard.add(seq);
        const copy = Seen.restore(JSON.parse(JSON.stringify(seen.save())));
        expect(copy.save()).toEqual(seen.save());
        seen = copy;
      }
      const between = Math.max(...order) - Math.min(...order) + 1;
      expect(seen.takeLost(GAP_LOST_AFTER_MS)).toBe((between - heard.size) * 10);
    }),
    { numRuns: 200 },
  );
});
