import { DomainEvent } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { accepted, later, lostIn, refused } from './post.ts';
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

test('a retry keeps seq, t0, until and content, and takes `sent` anew', async () => {
  const { clock, post, order } = world();
  post.answer = () => (post.tries.length < 4 ? later : accepted);
  order(7);
  await clock.advance(900);
  const [first, ...again] = post.tries.slice(0, 4);
  expect(again).toHaveLength(3);
  for (const batch of again) expect({ ...batch, sent: 0 }).toEqual({ ...first, sent: 0 });
  const sent = post.tries.slice(0, 4).map((batch) => batch.sent);
  expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
});

test('retries back off to 2 s at most, with jitter, and never give up', async () => {
  for (const chance of [0, 1 - 1e-9]) {
    const { clock, post, order, plummet } = world({ chance: () => chance });
    post.answer = () => later;
    order(1);
    await clock.advance(600_000);
    const gaps = post.tries.slice(1).map((batch, i) => batch.sent - (post.tries[i]?.sent ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2000);
    expect(gaps.slice(0, 3)).toEqual(chance === 0 ? [50, 100, 200] : [100, 200, 400]);
    expect(gaps.at(-1)).toBe(chance === 0 ? 1000 : 2000);
    post.answer = () => accepted;
    await clock.advance(2000);
    expect(post.amounts).toEqual([1]);
    expect(plummet.stats()).toMatchObject({ published: 1, delivered: 1, lost: 0, queued: 0 });
  }
});

test('who asks the sender to wait is obeyed, 2 s at most', async () => {
  const { clock, post, order } = world({ chance: () => 0 });
  post.answer = () => ({ is: 'later', why: 'busy', afterMs: post.tries.length === 1 ? 1000 : 30_000 });
  order(1);
  await clock.advance(3200);
  const sent = post.tries.map((batch) => batch.sent);
  expect(sent.map((at) => at - (sent[0] ?? 0))).toEqual([0, 1000, 3000]);
});

test('beyond its memory the oldest events are discarded, counted by type and second, and told by the next batch', async () => {
  const { clock, post, order, plummet, heard } = world({ queueEventsMax: 10 });
  const start = clock.wall();
  post.answer = () => later;
  order(0);
  await clock.advance(100);
  order(...range(1, 8));
  await clock.advance(1000);
  order(...range(8, 20));
  expect(plummet.stats()).toMatchObject({ published: 20, delivered: 0, lost: 9, queued: 11 });
  expect(heard.warnings).toMatchObject([
    expect.stringMatching(/10 events wait for Plummet \(nobody is there\); the oldest are discarded.*queueEventsMax/),
  ]);
  post.answer = () => accepted;
  await clock.advance(2000);
  expect(post.amounts).toEqual([0, ...range(10, 20)]);
  expect(post.taken[1]).toMatchObject({
    t0: start,
    lost: {
      'order.placed': [
        [0, 7],
        [1, 2],
      ],
    },
    published: 20,
  });
  expect(lostIn(post.taken)).toBe(9);
  expect(plummet.stats()).toMatchObject({ published: 20, delivered: 11, lost: 9, queued: 0 });
});

test('memory is bounded in bytes too', async () => {
  const { clock, post, plummet } = world({ queueBytesMax: 100_000 });
  class NoteWritten extends DomainEvent<{ text: string }> {
    static readonly type = 'note.written';
  }
  NoteWritten.notifies(plummet);
  post.answer = () => later;
  for (let i = 0; i < 1000; i++) new NoteWritten({ text: 'x'.repeat(900) }).publish();
  const { queued, lost } = plummet.stats();
  expect(queued).toBeLessThan(60);
  expect(queued + lost).toBe(1000);
  await clock.advance(0);
});

test('a batch that can never be accepted is told as lost by the next one, and stalls nothing', async () => {
  const { clock, post, order, plummet, heard } = world();
  post.answer = (batch) => (batch.events.some(([, , data]) => data?.amount === 13) ? refused : accepted);
  order(12);
  await clock.advance(100);
  order(13, 13);
  await clock.advance(100);
  order(14);
  await clock.advance(100);
  expect(post.amounts).toEqual([12, 14]);
  expect(post.taken[1]).toMatchObject({ seq: 3, published: 4, lost: { 'order.placed': [[0, 2]] } });
  expect(plummet.stats()).toMatchObject({ published: 4, delivered: 2, lost: 2, queued: 0 });
  expect(heard.warnings).toEqual([expect.stringMatching(/post refused a batch of 2 events for good: not like this.*counted as lost/)]);
});

test('where every batch is refused, the sender neither hurries nor stops, and `published` still tells of the loss', async () => {
  const { clock, post, order, plummet } = world();
  post.answer = () => refused;
  order(1, 2, 3);
  await clock.advance(10_000);
  expect(post.tries.length).toBeLessThan(20);
  post.answer = () => accepted;
  order(4);
  await clock.advance(1000);
  expect(post.taken[0]).toMatchObject({ published: 4, lost: {} });
  expect(plummet.stats()).toMatchObject({ published: 4, delivered: 1, lost: 3, queued: 0 });
});

test('a refusal that lasts is warned of with its advice at once, an unreachable gateway after 5 s; both once a minute', async () => {
  const { clock, post, order, heard } = world();
  post.answer = () => ({ is: 'later', why: 'post answered 401', advice: 'give connect() a right key' });
  order(1);
  await clock.advance(200);
  expect(heard.warnings).toEqual([expect.stringMatching(/401.*give connect\(\) a right key.*1 events wait/)]);
  post.answer = () => later;
  await clock.advance(4000);
  expect(heard.warnings).toHaveLength(1);
  await clock.advance(50_000);
  expect(heard.warnings).toHaveLength(2);
  expect(heard.warnings[1]).toMatch(/taken no events for \d s \(nobody is there\): start Plummet/);
});

test('a transport that throws is a failed try', async () => {
  const { clock, post, order } = world();
  post.answer = () => {
    if (post.tries.length === 1) throw new Error('a bug in it');
    return accepted;
  };
  order(1);
  await clock.advance(500);
  expect(post.amounts).toEqual([1]);
});

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
