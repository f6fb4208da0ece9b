import { expect, test } from 'vitest';
import { Stall } from '../../../../platform/eventlog/kafka/stall.ts';

const at = (offset: number) => new Map([[0, offset]]);

test('a partition that has more and gives nothing for three seconds stands still', () => {
  const stall = new Stall();
  expect(stall.look(at(5), at(5), 0)).toEqual([]);
  expect(stall.look(at(5), at(9), 500)).toEqual([]);
  expect(stall.look(at(5), at(12), 2_900)).toEqual([]);
  expect(stall.look(at(5), at(12), 3_100)).toEqual([0]);
});

test('one that gets on, however slowly, does not', () => {
  const stall = new Stall();
  for (let i = 0; i < 20; i++) expect(stall.look(at(i), at(1000), i * 2_500)).toEqual([]);
});

test('one that has nothing more does not, and its time begins when there is more', () => {
  const stall = new Stall();
  for (let i = 0; i < 10; i++) expect(stall.look(at(5), at(5), i * 1_000)).toEqual([]);
  expect(stall.look(at(5), at(6), 9_500)).toEqual([]);
  expect(stall.look(at(5), at(6), 12_500)).toEqual([0]);
});

test('one of which nobody could say where it ends does not: connections made anew would not help', () => {
  const stall = new Stall();
  stall.look(at(5), at(9), 0);
  expect(stall.look(at(5), new Map(), 10_000)).toEqual([]);
  expect(stall.look(at(5), at(9), 11_000)).toEqual([]);
});

test('after a handler held it up, or a rebuild, the time begins anew', () => {
  const stall = new Stall();
  stall.look(at(5), at(9), 0);
  stall.forgive();
  expect(stall.look(at(5), at(9), 4_000)).toEqual([]);
  expect(stall.look(at(5), at(9), 7_000)).toEqual([0]);
});
