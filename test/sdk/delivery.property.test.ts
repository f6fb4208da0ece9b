import { connect, DomainEvent, type Outcome } from '@plummet/sdk';
import type { Batch } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../support/clock.ts';
import { hearing } from './hearing.ts';
import { accepted, countIn, lostIn, Post, refused } from './post.ts';

class Ordered extends DomainEvent<{ amount: number }> {
  static readonly type = 'order.placed';
}
class Searched extends DomainEvent<{ amount: number }> {
  static readonly type = 'search.run';
}

/** What the world does next. */
type Step =
  | { readonly do: 'publish'; readonly events: number; readonly search: boolean }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'answer'; readonly how: How; readonly afterMs: number }
  | { readonly do: 'step'; readonly byMs: number }
  | { readonly do: 'freeze'; readonly ms: number }
  | { readonly do: 'flush' };

/** `unknown`: it was accepted, and the answer was lost. */
type How = 'accepted' | 'later' | 'unknown' | 'refused' | 'busy';

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('publish' as const), events: fc.integer({ min: 1, max: 700 }), search: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 2500 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      how: fc.constantFrom<How>('accepted', 'later', 'unknown', 'refused', 'busy'),
      afterMs: fc.constantFrom(0, 0, 3, 150, 1200),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step' as const), byMs: fc.integer({ min: -9000, max: 9000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze' as const), ms: fc.integer({ min: 0, max: 5000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
);

/** The gateway's side: what it has, each batch once, however often it came. */
function taking(post: Post, clock: ManualClock) {
  const bySeq = new Map<number, Batch>();
  const state = { how: 'accepted' as How, afterMs: 0 };
  const take = (batch: Batch): void => {
    const before = bySeq.get(batch.seq);
    if (before) expect({ ...before, sent: 0 }).toEqual({ ...batch, sent: 0 });
    else bySeq.set(batch.seq, batch);
  };
  post.answer = async (batch) => {
    const { how, afterMs } = state;
    if (afterMs > 0) await new Promise<void>((resolve) => clock.after(afterMs, resolve));
    const outcomes: Record<How, () => Outcome> = {
      accepted: () => accepted,
      refused: () => refused,
      later: () => ({ is: 'later', why: 'reset' }),
      unknown: () => ({ is: 'later', why: 'no answer' }),
      busy: () => ({ is: 'later', why: 'busy', afterMs: 800 }),
    };
    if (how === 'accepted' || how === 'unknown') take(batch);
    // A batch that has arrived once is never refused afterwards: the same content is judged the same.
    return how === 'refused' && bySeq.has(batch.seq) ? accepted : outcomes[how]();
  };
  return { bySeq, state };
}

test('every published event is in exactly one batch or counted as lost, whatever fails and whenever', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.integer({ min: 1, max: 2000 }), async (steps, queueEventsMax) => {
      const clock = new ManualClock();
      using _heard = hearing(clock);
      const post = new Post();
      const plummet = connect({ via: post, clock, random: () => 0.5, producer: 'shop', queueEventsMax });
      const off = [Ordered.notifies(plummet), Searched.notifies(plummet)];
      const { bySeq, state } = taking(post, clock);
      let published = 0;
      for (const now of steps) {
        if (now.do === 'publish') {
          const Event = now.search ? Searched : Ordered;
          for (let i = 0; i < now.events; i++) new Event({ amount: published++ }).publish();
        } else if (now.do === 'pass') await clock.advance(now.ms);
        else if (now.do === 'answer') Object.assign(state, now);
        else if (now.do === 'step') clock.stepWall(now.byMs);
        else if (now.do === 'freeze') await clock.freeze(now.ms);
        else void plummet.flush();
        const { delivered, lost, queued, published: said } = plummet.stats();
        expect(said).toBe(published);
        expect(delivered + lost + queued).toBe(published);
        expect(queued).toBeLessThanOrEqual(queueEventsMax + 1000);
      }
      Object.assign(state, { how: 'accepted', afterMs: 0 });
      const closed = plummet.close({ withinMs: 60_000 });
      await clock.advance(60_000);
      expect(await closed).toBe(true);
      for (const one of off) one();
      judge(
        [...bySeq.values()].sort((a, b) => a.seq - b.seq),
        post,
        published,
        plummet.stats().lost,
      );
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 40 },
  );
}, 60_000);

function judge(batches: readonly Batch[], post: Post, published: number, lost: number): void {
  const amounts = batches.flatMap(({ events }) => events.map(([, , data]) => data?.amount as number));
  // In order and each once: strictly ascending.
  for (let i = 1; i < amounts.length; i++) expect(amounts[i]).toBeGreaterThan(amounts[i - 1] as number);
  expect(amounts.length + lost).toBe(published);
  expect(post.underWayMost).toBe(1);
  let told = 0;
  let until = 0;
  for (const batch of batches) {
    told += batch.events.length + countIn(batch.lost);
    // Refused three times in a row: `published` alone still tells of these.
    expect(batch.published).toBeGreaterThanOrEqual(told);
    told = Math.max(told, batch.published);
    const times = batch.events.map(([, offset]) => batch.t0 + offset);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(until);
    expect(batch.until).toBeGreaterThanOrEqual(until);
    expect(batch.sent).toBeGreaterThanOrEqual(batch.until);
    until = batch.until;
  }
  expect(batches.at(-1)).toMatchObject({ bye: true, published });
  expect(lostIn(batches)).toBeLessThanOrEqual(lost);
}

test('batch by batch, `published` is what came plus what is told as lost, while none is refused', async () => {
  const calm = fc.array(
    step.filter((one) => one.do !== 'answer' || one.how !== 'refused'),
    { minLength: 5, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(calm, async (steps) => {
      const clock = new ManualClock();
      using _heard = hearing(clock);
      const post = new Post();
      const plummet = connect({ via: post, clock, random: () => 0.5, producer: 'shop', queueEventsMax: 300 });
      const off = Ordered.notifies(plummet);
      const { bySeq, state } = taking(post, clock);
      for (const now of steps) {
        if (now.do === 'publish') for (let i = 0; i < now.events; i++) new Ordered({ amount: i }).publish();
        else if (now.do === 'pass') await clock.advance(now.ms);
        else if (now.do === 'answer') Object.assign(state, now);
      }
      Object.assign(state, { how: 'accepted', afterMs: 0 });
      void plummet.close({ withinMs: 60_000 });
      await clock.advance(60_000);
      off();
      let told = 0;
      for (const batch of [...bySeq.values()].sort((a, b) => a.seq - b.seq)) {
        told += batch.events.length + countIn(batch.lost);
        expect(batch.published).toBe(told);
      }
      expect(told).toBe(plummet.stats().published);
    }),
    { numRuns: 40 },
  );
}, 60_000);
