import { expect, test } from 'vitest';
import { LogTime, medianNear } from '../../../detectors/counting/log-time.ts';
import { START } from './records.ts';

test('of an odd number of clocks the middle one holds', () => {
  expect(medianNear([5, 1, 9], undefined)).toBe(5);
  expect(medianNear([7], 100)).toBe(7);
});

test('of two middle clocks the one nearer to the log time so far holds, the lower where nothing is known', () => {
  expect(medianNear([10, 20], undefined)).toBe(10);
  expect(medianNear([10, 20], 19)).toBe(20);
  expect(medianNear([10, 20], 15)).toBe(10);
  expect(medianNear([0, 10, 20, 900], 500)).toBe(20);
});

test('a gateway whose clock steps by seven seconds moves nothing, while ticks are heard', () => {
  const time = new LogTime();
  time.hear(START, 'tick a', START);
  expect(time.hear(START + 100, 'gateway', START + 100 + 7400)).toBe(START + 100);
  expect(time.hear(START + 250, 'tick a', START + 250)).toBe(START + 250);
  expect(time.hear(START + 300, 'gateway', START + 300 - 7400)).toBe(START + 300);
});

test('a broker five minutes behind moves nothing', () => {
  const time = new LogTime();
  for (let ms = 0; ms < 1000; ms += 250) {
    time.hear(START + ms, 'tick a', START + ms);
    time.hear(START + ms + 50, 'gateway', START + ms + 50);
  }
  for (let ms = 1000; ms < 5000; ms += 250) {
    expect(time.hear(START + ms - 300_000, 'tick a', START + ms)).toBe(START + ms);
    expect(time.hear(START + ms + 50 - 300_000, 'gateway', START + ms + 50)).toBe(START + ms + 50);
  }
});

test("a count process whose clock is an hour off moves nothing, while another writer's is right", () => {
  const time = new LogTime();
  time.hear(START, 'gateway', START);
  for (let ms = 250; ms < 1500; ms += 250) expect(time.hear(START + ms, 'tick a', START + ms + 3_600_000)).toBe(START + ms);
});

test("a writer's word is carried on by append time for two seconds and then forgotten", () => {
  const time = new LogTime();
  time.hear(START, 'tick a', START);
  expect(time.hear(START + 2000, 'gateway', START + 9000)).toBe(START + 2000);
  const later = new LogTime();
  later.hear(START, 'tick a', START);
  later.hear(START, 'tick b', START);
  // Both words are gone: append time and the gateway are left, and the nearer one holds.
  expect(later.save().words).toHaveLength(2);
  later.hear(START + 2001);
  expect(later.save().words).toEqual([]);
});

test('saved and restored it says the same', () => {
  const time = new LogTime();
  time.hear(START, 'tick a', START + 3);
  time.hear(START + 20, 'gateway', START + 10);
  const restored = LogTime.restore(JSON.parse(JSON.stringify(time.save())));
  expect(restored.hear(START + 300, 'tick b', START + 5000)).toBe(time.hear(START + 300, 'tick b', START + 5000));
  expect(restored.save()).toEqual(time.save());
});

test('a machine is one voice: its wrong clock speaks for its gateway and its ticks at once, and moves nothing', () => {
  const time = new LogTime();
  time.hear(START, 'clock a', START);
  time.hear(START + 50, 'clock b', START + 50 - 7000);
  // Machine a is cut off, and its word too old.
  for (let ms = 2300; ms < 8000; ms += 125) expect(time.hear(START + ms, 'clock b', START + ms - 7000)).toBe(START + ms);
});

test('what was held up on its way brings an old word, and log time does not go back for it', () => {
  const time = new LogTime();
  time.hear(START, 'clock a', START);
  for (let ms = 250; ms <= 7000; ms += 250) time.hear(START + ms, 'clock b', START + ms - 7000);
  // Received seven seconds ago by a machine whose clock is right.
  expect(time.hear(START + 7050, 'clock a', START + 60)).toBe(START + 7000);
  expect(time.hear(START + 7100, 'clock a', START + 7100)).toBe(START + 7100);
});
