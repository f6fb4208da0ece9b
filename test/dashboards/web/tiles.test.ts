import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsIn, evenRows } from '../../../dashboards/web/src/parts/even-rows.ts';
import { asYaml, metricNameOf } from '../../../dashboards/web/src/words/as-yaml.ts';
import { loadConfig } from '../../../platform/config/load.ts';

test('rows are as even as can be, and each is filled', () => {
  const shape = (count: number, columnsMax: number): number[] => {
    const { tracks, spans } = evenRows(count, columnsMax);
    const rows: number[] = [];
    let room = 0;
    for (const span of spans) {
      if (room === 0) rows.push(0);
      rows[rows.length - 1] = (rows.at(-1) ?? 0) + 1;
      room = (room === 0 ? tracks : room) - span;
    }
    expect(room).toBe(0);
    return rows;
  };
  expect(shape(4, 3)).toEqual([2, 2]);
  expect(shape(5, 4)).toEqual([3, 2]);
  expect(shape(8, 4)).toEqual([4, 4]);
  expect(shape(37, 4)).toEqual([4, 4, 4, 4, 4, 4, 4, 3, 3, 3]);
  expect(shape(1, 5)).toEqual([1]);
  expect(evenRows(0, 4)).toEqual({ tracks: 1, spans: [], rows: 0 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 9 }), (count, columnsMax) => {
      const rows = shape(count, columnsMax);
      expect(rows.length).toBe(Math.ceil(count / columnsMax));
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
    }),
  );
});

test('so many columns lie beside each other as there is room for, and at least one', () => {
  expect(columnsIn(1392, 280, 16)).toBe(4);
  expect(columnsIn(576, 280, 16)).toBe(2);
  expect(columnsIn(575, 280, 16)).toBe(1);
  expect(columnsIn(0, 280, 16)).toBe(1);
});

test.each([
  ['order.placed', [], 'orders'],
  ['order.placed', ['orders'], 'orders placed'],
  ['order.placed', ['orders', 'orders placed'], 'order.placed'],
  ['shop.cart_item.removed', [], 'cart items removed'],
  ['category.created', [], 'categories'],
  ['heartbeat', [], 'heartbeats'],
  ['mail.box.opened', [], 'boxes'],
])('a metric for %s beside %j is called %s', (type, taken, name) => {
  expect(metricNameOf(type, taken)).toBe(name);
});

test('the lines that are copied are a good YAML, whatever the type', () => {
  const word = fc.oneof(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/), fc.constantFrom('1', '0', '1e3', 'null', 'true', 'no', '5-1'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const type = words.join('.');
      const { config, errors } = loadConfig(asYaml(type, []), { file: 'plummet.yaml', env: {} });
      expect(errors).toEqual([]);
      expect(config?.metrics).toMatchObject([{ event: type, kind: 'write', critical: false }]);
    }),
  );
  const both = `metrics:\n  orders: { event: order.placed, kind: write }\n${asYaml('cart.filled', ['orders'])}`;
  expect(loadConfig(both, { file: 'plummet.yaml', env: {} }).config?.metrics).toHaveLength(2);
});
