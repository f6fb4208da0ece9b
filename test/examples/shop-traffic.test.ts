/** What the demo's buttons leave of the shop's orders. */
import { expect, test } from 'vitest';
import { ShopTraffic } from '../../examples/shop/traffic.ts';
import { prng } from '../support/prng.ts';

test('a deploy stops the orders for a second, and nothing else', () => {
  const traffic = new ShopTraffic(prng(1));
  const usual = traffic.at(1000);
  traffic.act('deploy-blip', 1000);
  expect([1000, 1000.5, 1000.99].map((seconds) => traffic.at(seconds).orders)).toEqual([0, 0, 0]);
  expect(traffic.at(1000.995).searches).toBeGreaterThan(0.5 * usual.searches);
  expect(traffic.at(1001.01).orders).toBeGreaterThan(0.5 * usual.orders);
});
