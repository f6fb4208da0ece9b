import { DomainEvent } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { accepted, later, lostIn, refused } from './post.ts';
import { world } from './world.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

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

test('a type that the key may not write is kept back for a minute, and costs the others one batch at most', async () => {
  const { clock, post, order, plummet, heard } = world();
  class Spied extends DomainEvent {
    static readonly type = 'spy.seen';
  }
  Spied.notifies(plummet);
  post.answer = (batch) => ('spy.seen' in batch.tally ? { is: 'refused', why: 'may not write spy.seen', type: 'spy.seen' } : accepted);
  for (let second = 0; second < 50; second++) {
    order(second);
    new Spied().publish();
    await clock.advance(1000);
  }
  expect(post.amounts).toEqual(range(1, 50));
  expect(lostIn(post.taken)).toBe(51);
  expect(plummet.stats()).toMatchObject({ published: 100, delivered: 49, lost: 51 });
  expect(heard.warnings).toEqual([expect.stringMatching(/may not write spy\.seen.*allow spy\.seen for this key under `keys:`/)]);
  post.answer = () => accepted;
  await clock.advance(15_000);
  new Spied().publish();
  await clock.advance(100);
  expect(post.taken.at(-1)?.tally).toEqual({ 'spy.seen': [[0, 1]] });
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
