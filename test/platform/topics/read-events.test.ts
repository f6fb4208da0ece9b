import { expect, test } from 'vitest';
import { readBatchEvents, readForeign, readHead, readTick } from '../../../platform/topics/read-events.ts';

const FOREIGN = { type: 'order.placed', time: 1763733600000, source: 'curl', id: '1' };

test('a head whose text cannot be cut is read as a whole', () => {
  const head = { producer: 'shop#1', seq: 0, published: 2, sent: 9e11, until: 9e11, t0: 9e11, lost: {} };
  const tally = { 'a.b': [[0, 1]], events: [[0, 1]] };
  const events = [
    ['a.b', 0],
    ['events', 1],
  ];
  for (const text of [JSON.stringify({ ...head, tally, events }), JSON.stringify({ events, ...head, tally })]) {
    expect(readHead(text)).toMatchObject({ seq: 0, tally });
    expect(readBatchEvents(text)).toEqual(events);
  }
});

test('events of a wrong shape, or far from their batch, are refused by their place', () => {
  const text = (event: unknown): string => `{"producer":"shop#1","tally":{},"events":${JSON.stringify([['a', 0], event])}}`;
  for (const event of [['a'], ['a', '0'], [1, 0], ['a', 1e12], ['a', 0, 7], ['a', 0, null], {}, null]) {
    expect(readBatchEvents(text(event))).toMatchObject({ code: 'bad-shape', field: 'events[1]' });
  }
  expect(readBatchEvents('{"events":7}')).toMatchObject({ field: 'events' });
  expect(readBatchEvents('{')).toMatchObject({ code: 'bad-json' });
});

test('a tick names its writer and its time', () => {
  expect(readTick('{"writer":"a","at":1763733600000}')).toEqual({ writer: 'a', at: 1763733600000 });
  for (const text of ['null', '7', '{"at":1}']) expect(readTick(text)).toMatchObject({ code: 'bad-shape', field: 'writer' });
  expect(readTick('{"writer":"a","at":1e999}')).toMatchObject({ code: 'bad-number', field: 'at' });
});

test("another client's event is refused by its field", () => {
  expect(readForeign(JSON.stringify([FOREIGN, { ...FOREIGN, id: null, weight: 10 }]))).toHaveLength(2);
  const breaks: [object, string, string][] = [
    [{ type: 'Order Placed' }, '[0].type', 'bad-type'],
    [{ time: null }, '[0].time', 'bad-number'],
    [{ time: 1763733600 }, '[0].time', 'time-out-of-range'],
    [{ time: 1e14 }, '[0].time', 'time-out-of-range'],
    [{ source: 7 }, '[0].source', 'bad-shape'],
    [{ id: 7 }, '[0].id', 'bad-shape'],
    [{ data: 7 }, '[0].data', 'bad-shape'],
    [{ weight: 0 }, '[0].weight', 'bad-number'],
    [{ weight: 1.5 }, '[0].weight', 'bad-number'],
  ];
  for (const [wrong, field, code] of breaks) {
    expect(readForeign(JSON.stringify([{ ...FOREIGN, ...wrong }]))).toMatchObject({ field, code });
  }
  expect(readForeign('[null]')).toMatchObject({ field: '[0]', code: 'bad-shape' });
});
