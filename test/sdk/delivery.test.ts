import { DomainEvent } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { accepted, later } from './post.ts';
import { world } from './world.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('events leave 100 ms after the first of them, as one batch with its tally', async () => {
  const { clock, post, plummet, order } = world();
  const start = clock.wall();
  order(1, 2);
  await clock.advance(40);
  order(3);
  await clock.advance(59);
  expect(post.taken).toEqual([]);
  await clock.advance(1);
  expect(post.taken).toEqual([
    {
      producer: plummet.stats().producer,
      seq: 1,
      published: 3,
      sent: start + 100,
      until: start + 100,
      t0: start,
      lost: {},
      tally: { 'order.placed': [[0, 3]] },
      events: [
        ['order.placed', 0, { amount: 1 }],
        ['order.placed', 0, { amount: 2 }],
        ['order.placed', 40, { amount: 3 }],
      ],
    },
  ]);
});

test('500 events leave at once, and publish() itself sends nothing', async () => {
  const { clock, post, order } = world();
  order(...range(0, 499));
  await clock.advance(0);
  expect(post.tries).toHaveLength(0);
  order(499);
  expect(post.tries).toHaveLength(0);
  await clock.advance(0);
  expect(post.taken.map((batch) => batch.events.length)).toEqual([500]);
});

test('a heartbeat follows each full second, empty too, and says that everything before it is told', async () => {
  const { clock, post } = world();
  await clock.advance(600);
  await clock.advance(5000);
  expect(post.taken).toHaveLength(5);
  for (const [i, batch] of post.taken.entries()) {
    expect(batch).toMatchObject({ seq: i + 1, events: [], tally: {}, lost: {}, published: 0 });
    expect(batch.until % 1000).toBeLessThan(60);
    expect(batch.sent).toBe(batch.until);
  }
  expect(post.taken.map((batch) => Math.floor(batch.until / 1000) - Math.floor((post.taken[0]?.until ?? 0) / 1000))).toEqual([
    0, 1, 2, 3, 4,
  ]);
});

test('a heartbeat that fell due while a batch was under way follows as soon as that is answered', async () => {
  const { clock, post, order } = world();
  let answer = (): void => {};
  post.answer = () => new Promise((resolve) => (answer = () => resolve(accepted)));
  await clock.advance(800);
  order(1);
  await clock.advance(500);
  expect(post.tries).toHaveLength(1);
  answer();
  await clock.advance(0);
  expect(post.tries).toHaveLength(2);
  expect(post.tries[1]).toMatchObject({ events: [], until: clock.wall() });
});

test('producers send their heartbeats at moments of their own', async () => {
  const offsets = new Set<number>();
  for (const chance of [0, 0.3, 0.9]) {
    const { clock, post } = world({ chance: () => chance });
    await clock.advance(1100);
    offsets.add((post.taken[0]?.until ?? 0) % 1000);
  }
  expect(offsets.size).toBe(3);
});

test('one batch is under way at a time; what comes meanwhile leaves as soon as it is answered', async () => {
  const { clock, post, order } = world();
  const answers: (() => void)[] = [];
  post.answer = () => new Promise((resolve) => answers.push(() => resolve(accepted)));
  order(1);
  await clock.advance(100);
  order(...range(2, 2500));
  await clock.advance(3000);
  expect(post.tries).toHaveLength(1);
  post.answer = () => accepted;
  answers[0]?.();
  await clock.advance(0);
  expect(post.taken.map((batch) => batch.events.length)).toEqual([1, 1000, 1000, 498]);
  expect(post.underWayMost).toBe(1);
  expect(post.amounts).toEqual(range(1, 2500));
});

test('while a backlog is sent, `until` is the time of the first event that still waits', async () => {
  const { clock, post, order } = world();
  const start = clock.wall();
  post.answer = () => later;
  order(0);
  await clock.advance(100);
  for (let i = 0; i < 15; i++) {
    order(...range(0, 100));
    await clock.advance(10);
  }
  post.answer = () => accepted;
  await clock.advance(500);
  expect(post.taken[0]).toMatchObject({ published: 1, until: start + 100 });
  expect(post.taken[1]).toMatchObject({ published: 1001, t0: start + 100, until: start + 200 });
  expect(post.taken[2]).toMatchObject({ published: 1501, until: post.taken[2]?.sent });
});

test('a step of the wall clock moves no event: times go on steadily', async () => {
  const { clock, post, order } = world();
  order(1);
  await clock.advance(100);
  clock.stepWall(-3_600_000);
  order(2);
  await clock.advance(100);
  clock.stepWall(7_200_000);
  order(3);
  await clock.advance(100);
  const times = post.taken.flatMap(({ t0, events }) => events.map(([, offset]) => t0 + offset));
  for (const [i, time] of times.entries()) expect(Math.abs(time - (times[0] ?? 0) - i * 100)).toBeLessThan(4);
});

test('a process that stood still sends on when it wakes, with `until` up to now', async () => {
  const { clock, post, order } = world();
  order(1);
  await clock.freeze(60_000);
  await clock.advance(1100);
  const last = post.taken.at(-1);
  expect(post.amounts).toEqual([1]);
  expect((last?.until ?? 0) - (post.taken[0]?.t0 ?? 0)).toBeGreaterThan(60_000);
});

test('publish() never throws because of delivery, whatever the data', () => {
  const { plummet, heard } = world();
  class Odd extends DomainEvent<object> {
    static readonly type = 'odd.one';
  }
  Odd.notifies(plummet);
  const throwing = Object.defineProperty({}, 'secret', {
    enumerable: true,
    get: () => {
      throw new Error('lazy');
    },
  });
  for (const data of [
    throwing,
    null,
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('proxy');
        },
      },
    ),
    [1, 2],
    new Map(),
  ]) {
    expect(() => new Odd(data as object).publish()).not.toThrow();
  }
  plummet.handleEvent({ constructor: undefined } as never);
  plummet.handleEvent(undefined as never);
  expect(heard.failures).toEqual([]);
  expect(heard.warnings).toMatchObject([expect.stringMatching(/could not be taken down/)]);
});
