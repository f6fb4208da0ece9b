import { expect, test } from 'vitest';
import { ARRIVING_TYPES_MAX, Arriving } from '../../../dashboards/seconds/arriving.ts';
import type { CountsRecord, TypeCount } from '../../../platform/topics/counts.ts';

const NOW = Date.UTC(2026, 10, 20, 13);
const NOBODY = (): boolean => false;

const record = (to: number, progress: number, types: TypeCount[], more: Partial<CountsRecord> = {}): CountsRecord => {
  return { partition: 0, block: Math.floor(to / 1000), to, progress, waits: [], rows: [], types, ...more };
};

test('the rate is that of the last minute, over all partitions and blocks, and a repeat by a twin adds nothing', () => {
  const arriving = new Arriving();
  let to = 0;
  for (let second = 0; second < 120; second++) {
    to += 10;
    const at = NOW + second * 1000;
    const block = Math.floor(to / 1000);
    const within = to - block * 1000;
    for (const partition of [0, 1]) {
      const one = record(to, at, [['cart.filled', 2 * within]], { partition });
      arriving.take(one);
      arriving.take(one);
    }
  }
  const { types } = arriving.all(NOW + 120_000, NOBODY);
  expect(types).toHaveLength(1);
  expect(types[0]?.rate).toBeCloseTo(40, -1);
  expect(types[0]?.firstAt).toBe(NOW);
  expect(arriving.all(NOW + 120_000, (type) => type === 'cart.filled').types).toEqual([]);
});

test('a type that begins has its rate within seconds, and one that fell silent has none', () => {
  const arriving = new Arriving();
  for (let second = 0; second < 10; second++) arriving.take(record(second + 1, NOW + second * 1000, [['page.seen', 5 * (second + 1)]]));
  expect(arriving.all(NOW + 10_000, NOBODY).types[0]?.rate).toBeCloseTo(5, 0);
  expect(arriving.all(NOW + 120_000, NOBODY).types[0]).toMatchObject({ rate: 0, events: 50, lastAt: NOW + 9000 });
  expect(arriving.all(NOW + 4 * 3_600_000, NOBODY).types).toEqual([]);
});

test('a thousand types are told apart, further ones counted together, and what was forgotten makes room', () => {
  const arriving = new Arriving();
  const named = (from: number, count: number): TypeCount[] => Array.from({ length: count }, (_, i) => [`type-${from + i}`, 1]);
  arriving.take(record(1, NOW, named(0, ARRIVING_TYPES_MAX)));
  arriving.take(record(2, NOW, [...named(ARRIVING_TYPES_MAX, 7), ['', 3]]));
  expect(arriving.all(NOW, NOBODY).types).toHaveLength(ARRIVING_TYPES_MAX);
  expect(arriving.all(NOW, NOBODY).otherEvents).toBe(10);
  arriving.take(record(1001, NOW + 4 * 3_600_000, named(5000, 1)));
  expect(arriving.all(NOW + 4 * 3_600_000, NOBODY).types.map(({ type }) => type)).toEqual(['type-5000']);
});
