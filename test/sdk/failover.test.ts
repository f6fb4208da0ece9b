import { connect, DomainEvent, type Outcome } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { ManualClock } from '../support/clock.ts';
import { hearing } from './hearing.ts';
import { accepted, later, Post, refused } from './post.ts';

/** An app connected to several posts, called a, b, c. */
function connected(names: string) {
  const clock = new ManualClock();
  const posts = [...names].map((name) => new Post(name));
  const heard = hearing(clock);
  const plummet = connect({ via: posts, clock, random: () => 0.5, producer: 'shop' });
  class Ordered extends DomainEvent<{ amount: number }> {
    static readonly type = 'order.placed';
  }
  Ordered.notifies(plummet);
  const order = (amount: number): void => new Ordered({ amount }).publish();
  const [a, b, c] = posts as [Post, Post, Post];
  return { clock, plummet, order, heard, a, b, c };
}

const after = (clock: ManualClock, ms: number, outcome: Outcome) => () =>
  new Promise<Outcome>((resolve) => clock.after(ms, () => resolve(outcome)));
const never = () => new Promise<Outcome>(() => {});

test('the first endpoint is used while it is well', async () => {
  const { clock, order, a, b } = connected('ab');
  order(1);
  await clock.advance(5000);
  expect(a.amounts).toEqual([1]);
  expect(b.tries).toEqual([]);
});

test('where one fails, the next one has the batch in the same moment, and the one that failed is left', async () => {
  const { clock, order, a, b } = connected('ab');
  a.answer = () => later;
  a.probe = async () => false;
  order(1);
  await clock.advance(100);
  expect(b.amounts).toEqual([1]);
  order(2);
  await clock.advance(5000);
  expect(b.amounts).toEqual([1, 2]);
  expect(a.tries).toHaveLength(1);
});

test('an endpoint that was left is probed at growing distances, and used again as soon as it answers', async () => {
  const { clock, order, a, b } = connected('ab');
  const probed: number[] = [];
  let well = false;
  a.answer = () => later;
  a.probe = async () => {
    probed.push(clock.monotonic());
    return well;
  };
  order(1);
  await clock.advance(60_000);
  const gaps = probed.map((at, i) => at - (probed[i - 1] ?? 100));
  expect(gaps).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]);
  well = true;
  a.answer = () => accepted;
  await clock.advance(10_000);
  const before = b.tries.length;
  order(2);
  await clock.advance(1000);
  expect(a.amounts).toEqual([2]);
  expect(b.tries).toHaveLength(before);
});

test('a probe that fails to answer properly counts as no', async () => {
  const { clock, order, a, b } = connected('ab');
  a.answer = () => later;
  a.probe = () => Promise.reject(new Error('reset'));
  order(1);
  await clock.advance(20_000);
  expect(a.tries).toHaveLength(1);
  expect(b.tries.length).toBeGreaterThan(10);
});

test('an endpoint without a probe is tried again after a while', async () => {
  const { clock, order, a } = connected('ab');
  a.answer = () => (a.tries.length < 2 ? later : accepted);
  order(1);
  await clock.advance(2500);
  expect(a.tries.length).toBeGreaterThan(1);
});

test('a request without an answer is sent once more after 1 s, to one other endpoint, with `sent` anew', async () => {
  const { clock, order, a, b, c } = connected('abc');
  a.answer = never;
  b.answer = never;
  order(1);
  await clock.advance(1099);
  expect([a.tries.length, b.tries.length]).toEqual([1, 0]);
  await clock.advance(1);
  expect([a.tries.length, b.tries.length]).toEqual([1, 1]);
  expect((b.tries[0]?.sent ?? 0) - (a.tries[0]?.sent ?? 0)).toBe(1000);
  await clock.advance(30_000);
  expect(c.tries).toEqual([]);
});

test('once the hedge is accepted, what is still under way is aborted, and the next batch goes where it was', async () => {
  const { clock, order, a, b, plummet } = connected('ab');
  let aborted = false;
  a.answer = (_batch, signal) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        aborted = true;
        resolve(later);
      }),
    );
  a.probe = async () => false;
  order(1);
  await clock.advance(1100);
  expect(b.amounts).toEqual([1]);
  expect(aborted).toBe(true);
  order(2);
  await clock.advance(100);
  expect(b.amounts).toEqual([1, 2]);
  expect(a.tries).toHaveLength(1);
  expect(plummet.stats()).toMatchObject({ delivered: 2, queued: 0 });
});

test('where the first answers after the hedge was sent, it stays home', async () => {
  const { clock, order, a, b } = connected('ab');
  const slow = after(clock, 1200, accepted);
  a.answer = () => (a.tries.length === 1 ? slow() : accepted);
  b.answer = never;
  order(1);
  await clock.advance(1400);
  expect([a.amounts, b.tries.length]).toEqual([[1], 1]);
  order(2);
  await clock.advance(100);
  expect(a.amounts.at(-1)).toBe(2);
});

test('a batch that one refuses may have been taken by the other, whose answer is waited for', async () => {
  const { clock, order, a, b, plummet } = connected('ab');
  a.answer = after(clock, 1500, accepted);
  b.answer = () => refused;
  order(1);
  await clock.advance(1700);
  expect(plummet.stats()).toMatchObject({ delivered: 1, lost: 0 });
  const other = connected('ab');
  other.a.answer = after(other.clock, 1500, later);
  other.b.answer = () => refused;
  other.order(1);
  await other.clock.advance(1700);
  expect(other.plummet.stats()).toMatchObject({ delivered: 0, lost: 1 });
});

test('a hedge goes on to a third endpoint where the second is dead', async () => {
  const { clock, order, a, b, c } = connected('abc');
  a.answer = never;
  b.answer = () => later;
  order(1);
  await clock.advance(1100);
  expect([a.tries.length, b.tries.length, c.amounts]).toEqual([1, 1, [1]]);
});

test('where none is well, all are tried with a pause between the rounds, the one that failed longest ago first', async () => {
  const { clock, order, a, b, heard } = connected('ab');
  const tried: string[] = [];
  for (const post of [a, b]) {
    post.probe = async () => false;
    post.answer = () => {
      tried.push(post.name);
      return { is: 'later', why: `${post.name} is away` };
    };
  }
  order(1);
  await clock.advance(10_000);
  expect(tried.slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(tried.length).toBeLessThan(30);
  expect(heard.warnings).toEqual([expect.stringMatching(/a and b has taken no events.*a is away; b is away/)]);
  a.answer = () => accepted;
  await clock.advance(2000);
  expect(a.amounts).toEqual([1]);
});

test('an endpoint that asks to wait for its own reasons is neither left nor gone round', async () => {
  const { clock, order, a, b } = connected('ab');
  a.answer = () => (a.tries.length === 1 ? { is: 'later', why: '429', stay: true, afterMs: 500 } : accepted);
  order(1);
  await clock.advance(700);
  expect(a.amounts).toEqual([1]);
  expect(b.tries).toEqual([]);
});

test('close() ends probes and requests, and leaves no timer behind', async () => {
  const { clock, order, a, b, plummet } = connected('ab');
  a.answer = () => later;
  a.probe = () => new Promise(() => {});
  b.answer = never;
  order(1);
  await clock.advance(1500);
  const closed = plummet.close({ withinMs: 1000 });
  await clock.advance(1000);
  expect(await closed).toBe(false);
  expect([a.closed, b.closed, clock.timers]).toEqual([true, true, 0]);
});
