import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lost } from '../../sdk/src/lost.ts';
import { Outbox } from '../../sdk/src/outbox.ts';
import { cutParcel, parcelLimits } from '../../sdk/src/parcel.ts';
import { countIn } from './post.ts';

const T0 = 1_763_694_925_000;

test('exactly as many events wait as the limit says; one beyond discards the oldest', () => {
  const outbox = new Outbox({ queueEventsMax: 5, queueBytesMax: 1e9 });
  for (let i = 0; i < 5; i++) expect(outbox.push('a', T0 + i, undefined, 1)).toBe(false);
  expect(outbox.push('b', T0 + 5, undefined, 1)).toBe(true);
  expect([outbox.size, outbox.oldest, outbox.published, outbox.lost.total]).toEqual([5, T0 + 1, 6, 1]);
  expect(outbox.lost.take(10, 10)).toEqual({ a: [[0, 1]] });
});

test('an event larger than the memory for all takes the place of all', () => {
  const outbox = new Outbox({ queueEventsMax: 100, queueBytesMax: 10 });
  for (let i = 0; i < 5; i++) outbox.push('a', T0, undefined, 2);
  expect(outbox.push('b', T0, undefined, 50)).toBe(true);
  expect([outbox.size, outbox.discarded]).toEqual([1, 5]);
  expect(outbox.push('c', T0, undefined, 10)).toBe(true);
  expect(outbox.push('d', T0, undefined, 10)).toBe(true);
});

test('a barred type is lost to the event, waiting ones too, until its time is over; the others keep their order', () => {
  const outbox = new Outbox({ queueEventsMax: 2000, queueBytesMax: 1e9 });
  for (let i = 0; i < 1500; i++) outbox.push(i % 3 === 0 ? 'spy' : 'order.placed', T0 + i, { n: i }, 1);
  outbox.drop(1);
  outbox.bar('spy', T0 + 3000);
  outbox.push('spy', T0 + 2999, undefined, 1);
  outbox.push('spy', T0 + 3000, undefined, 1);
  const waiting = outbox.peek(2000, 1e9, T0, Infinity);
  expect(waiting.slice(0, -1).map(([, , data]) => data?.n)).toEqual(Array.from({ length: 1500 }, (_, i) => i).filter((i) => i % 3 !== 0));
  expect(waiting.at(-1)).toEqual(['spy', 3000]);
  expect([outbox.discarded, outbox.lost.total, outbox.published]).toEqual([500, 500, 1502]);
  expect(outbox.lost.take(10, 10)).toEqual({
    spy: [
      [0, 333],
      [1, 166],
      [2, 1],
    ],
  });
});

test('the ring keeps the order of a plain list, however it is pushed, grown, cut and discarded', () => {
  const doing = fc.oneof(
    fc.integer({ min: 1, max: 1500 }).map((push) => ({ push })),
    fc.integer({ min: 1, max: 1500 }).map((drop) => ({ drop })),
  );
  fc.assert(
    fc.property(fc.array(doing, { maxLength: 30 }), fc.integer({ min: 1, max: 3000 }), (doings, queueEventsMax) => {
      const outbox = new Outbox({ queueEventsMax, queueBytesMax: 1e9 });
      let plain: number[] = [];
      let next = 0;
      let dropped = 0;
      for (const now of doings) {
        if ('push' in now) {
          for (let i = 0; i < now.push; i++) {
            plain.push(next);
            outbox.push('a', T0 + next, { amount: next }, 1);
            next++;
          }
          plain = plain.slice(-queueEventsMax);
        } else {
          const events = outbox.peek(now.drop, 1e9, T0, Infinity);
          expect(events.map(([, offset, data]) => [offset, data?.amount])).toEqual(plain.slice(0, now.drop).map((n) => [n, n]));
          outbox.drop(events.length);
          dropped += events.length;
          plain = plain.slice(now.drop);
        }
        expect(outbox.size).toBe(plain.length);
        expect(outbox.oldest).toBe(plain.length > 0 ? T0 + (plain[0] as number) : undefined);
      }
      expect([outbox.published, outbox.lost.total + outbox.size + dropped]).toEqual([next, next]);
    }),
    { numRuns: 100 },
  );
});

test('losses come out the oldest first, a bounded number at a time, each exactly once', () => {
  const lost = new Lost();
  for (const second of [30, 10, 20]) for (const type of ['a', 'b']) lost.add(type, second, second);
  expect(lost.oldestSecond).toBe(10);
  expect(lost.take(4, 100)).toEqual({
    a: [
      [0, 10],
      [10, 20],
    ],
    b: [
      [0, 10],
      [10, 20],
    ],
  });
  expect([lost.total, lost.oldestSecond]).toEqual([60, 30]);
  lost.add('a', 40);
  expect(lost.take(100, 9)).toEqual({ a: [[0, 30]], b: [[0, 30]] });
  expect(lost.take(1, 9)).toEqual({ a: [[0, 1]] });
  expect([lost.total, lost.oldestSecond]).toEqual([0, undefined]);
  expect(lost.take(1, 9)).toEqual({});
});

test('an outage of days keeps 20,000 pairs of type and second: beyond them the oldest seconds are added up, and totals stay exact', () => {
  const lost = new Lost();
  for (let second = 0; second < 50_000; second++) {
    lost.add('order.placed', second, 2);
    lost.add('toString', second);
  }
  expect(lost.total).toBe(150_000);
  let [pairs, orders, newest] = [0, 0, 0];
  let base = lost.oldestSecond ?? 0;
  while (lost.total > 0) {
    base = lost.oldestSecond ?? 0;
    const taken = lost.take(1000, 1e9);
    pairs += Object.values(taken).flat().length;
    orders += countIn({ x: taken['order.placed'] ?? [] });
    newest = base + (taken['order.placed']?.at(-1)?.[0] ?? 0);
  }
  expect(pairs).toBeLessThanOrEqual(20_000);
  expect([orders, newest]).toEqual([100_000, 49_999]);
});

test('a batch stays under 1 MiB: what does not fit waits for the next one', () => {
  const outbox = new Outbox({ queueEventsMax: 10_000, queueBytesMax: 1e9 });
  const worst = '\u0000'.repeat(1000);
  for (let i = 0; i < 1000; i++) outbox.push('note.written', T0 + i, { text: worst, n: i }, 100);
  const seen: unknown[] = [];
  for (let seq = 1; outbox.size > 0; seq++) {
    const parcel = cutParcel(outbox, { producer: 'shop#1', seq, now: T0 + 5000, until: 0, bye: false }, () => T0 + 5000);
    const text = parcel.text();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(parcelLimits.bytesMax);
    const batch = JSON.parse(text);
    seen.push(...batch.events.map((event: unknown[]) => (event[2] as { n: number }).n));
    expect(batch.until).toBe(outbox.oldest ?? T0 + 5000);
  }
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test('while losses are still to be told, no event passes them, and `until` waits with them', () => {
  const outbox = new Outbox({ queueEventsMax: 10, queueBytesMax: 1e9 });
  for (let i = 0; i < 2500; i++) outbox.push('order.placed', T0 + i * 1000, undefined, 1);
  const parcels = [1, 2, 3].map((seq) =>
    cutParcel(outbox, { producer: 'shop#1', seq, now: T0 + 2.6e6, until: 0, bye: false }, () => T0 + 2.6e6),
  );
  expect(parcels.map(({ events, published, t0, lost }) => [events, published, t0 - T0, countIn(lost)])).toEqual([
    [0, 1000, 0, 1000],
    [0, 2000, 1e6, 1000],
    [10, 2500, 2e6, 490],
  ]);
  expect(parcels.map((parcel) => JSON.parse(parcel.text()).until - T0)).toEqual([1e6, 2e6, 2.6e6]);
});

test('a backlog of more than the span that a batch may cover is told in several', () => {
  const outbox = new Outbox({ queueEventsMax: 10, queueBytesMax: 1e9 });
  const week = 7 * 86_400_000;
  outbox.push('order.placed', T0, undefined, 1);
  outbox.push('order.placed', T0 + week, undefined, 1);
  const parcels = [1, 2].map((seq) =>
    cutParcel(outbox, { producer: 'shop#1', seq, now: T0 + 2 * week, until: 0, bye: false }, () => T0 + 2 * week),
  );
  expect(parcels.map(({ events, t0 }) => [events, t0])).toEqual([
    [1, T0],
    [1, T0 + week],
  ]);
});

test('`sent` is the moment of each try, even where the producer is called like the mark of it', () => {
  const outbox = new Outbox({ queueEventsMax: 10, queueBytesMax: 1e9 });
  let now = T0;
  const parcel = cutParcel(outbox, { producer: '"sent":0#1', seq: 1, now, until: 0, bye: true }, () => now);
  for (now of [T0 + 0.5, T0 + 700])
    expect(JSON.parse(parcel.text())).toMatchObject({ producer: '"sent":0#1', sent: Math.floor(now), bye: true });
});

test('`until` never goes back behind what an accepted batch said, though lost seconds begin before it', () => {
  const outbox = new Outbox({ queueEventsMax: 10, queueBytesMax: 1e9 });
  for (let i = 0; i < 1500; i++) outbox.lost.add('order.placed', T0 / 1000 + i);
  const said = T0 + 1_000_700;
  const parcel = cutParcel(outbox, { producer: 'shop#1', seq: 2, now: T0 + 2.6e6, until: said, bye: false }, () => T0 + 2.6e6);
  expect(outbox.lost.oldestSecond).toBe(T0 / 1000 + 1000);
  expect(parcel.until).toBe(said);
});
