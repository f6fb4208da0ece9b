import { expect, test } from 'vitest';
import { accepted, later, refused } from './post.ts';
import { world } from './world.ts';

test('flush() sends at once and tells whether all that was published before is delivered in time', async () => {
  const { clock, post, order, plummet } = world();
  expect(await plummet.flush()).toBe(true);
  order(1);
  const flushed = plummet.flush();
  await clock.advance(0);
  expect(await flushed).toBe(true);
  expect(post.amounts).toEqual([1]);
  post.answer = () => later;
  order(2);
  const late = plummet.flush({ withinMs: 300 });
  await clock.advance(300);
  expect(await late).toBe(false);
  post.answer = () => accepted;
  const again = plummet.flush();
  await clock.advance(0);
  expect(await again).toBe(true);
});

test('close() sends what waits and a farewell, and leaves no timer behind', async () => {
  const { clock, post, order, plummet } = world();
  order(1, 2);
  const closed = plummet.close();
  expect(plummet.close()).toBe(closed);
  await clock.advance(0);
  expect(await closed).toBe(true);
  expect(post.taken).toMatchObject([{ published: 2, bye: true, events: [{}, {}] }]);
  expect(post.closed).toBe(true);
  expect(clock.timers).toBe(0);
});

test('close() waits for the batch that is under way, then says goodbye with the rest', async () => {
  const { clock, post, order, plummet } = world();
  post.answer = () => (post.tries.length < 3 ? later : accepted);
  order(1);
  await clock.advance(100);
  order(2);
  const closed = plummet.close();
  await clock.advance(1000);
  expect(await closed).toBe(true);
  expect(post.taken.map(({ bye, events }) => [bye, events.length])).toEqual([
    [undefined, 1],
    [true, 1],
  ]);
});

test('close() ends within its time though nobody answers, tells what was lost, and aborts what is under way', async () => {
  const { clock, post, order, plummet, heard } = world();
  const aborted: boolean[] = [];
  post.answer = (_batch, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted.push(true);
        resolve(later);
      });
    });
  order(1, 2, 3);
  const closed = plummet.close({ withinMs: 1500 });
  await clock.advance(1499);
  expect(post.closed).toBe(false);
  await clock.advance(1);
  expect(await closed).toBe(false);
  expect(aborted).toEqual([true]);
  expect(heard.warnings).toEqual([expect.stringMatching(/closed with 3 events undelivered/)]);
  expect(clock.timers).toBe(0);
});

test('close() ends under steady traffic, with what was published before it', async () => {
  const { clock, post, order, plummet } = world();
  post.answer = async () => {
    order(99);
    return accepted;
  };
  order(1);
  const closed = plummet.close();
  await clock.advance(0);
  expect(await closed).toBe(true);
});

test('a farewell that is refused has its loss told once more', async () => {
  const { clock, post, order, plummet } = world();
  post.answer = () => (post.tries.length === 1 ? refused : accepted);
  order(1, 2);
  const closed = plummet.close();
  await clock.advance(0);
  await closed;
  expect(post.taken).toMatchObject([{ bye: true, events: [], lost: { 'order.placed': [[0, 2]] }, published: 2 }]);
});

test('an event published after close() is counted as lost, and warned of', async () => {
  const { clock, order, plummet, heard } = world();
  const closed = plummet.close();
  await clock.advance(0);
  await closed;
  order(1, 2);
  expect(plummet.stats()).toMatchObject({ published: 2, delivered: 0, lost: 2, queued: 0 });
  expect(heard.warnings).toEqual([expect.stringMatching(/order\.placed was published after close\(\)/)]);
  expect(await plummet.flush()).toBe(true);
});
