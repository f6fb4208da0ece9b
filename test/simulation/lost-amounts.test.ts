/** Orders go on and are worth nothing: only the sum of their amounts can tell. From the sdk's events to the mail. */
import { expect, test } from 'vitest';
import { detectorOf } from '../../detectors/compound/detector-of.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { shopHistory } from '../../examples/shop/history.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import { stateRecord } from '../../platform/topics/state.ts';
import { Shop } from '../support/shop.ts';
import { World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LEARNED_SECONDS = 3 * 3600;
const MEAN_AMOUNT = 42;

const YAML = `
metrics:
  orders:  { event: order.placed, kind: write, critical: true }
  revenue: { event: order.placed, value: amount, kind: write, critical: true }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:25", from: plummet@shop.example }
`;

/** Revenue as three hours of such a shop have taught it. */
async function learnRevenue({ clock, config, topics, disk }: World, amount: () => number): Promise<void> {
  const revenue = config.metrics.find(({ value }) => value !== undefined) as ConfiguredMetric;
  const detector = detectorOf(revenue);
  const end = Math.floor(clock.wall() / 1000);
  const next = shopHistory(1);
  for (let second = end - LEARNED_SECONDS; second < end; second++) {
    let n = 0;
    for (let left = next(second)['order.placed'] ?? 0; left > 0; left--) n += amount();
    detector.next({ second, n, share: 1 });
  }
  const saved = { series: seriesOf(revenue), second: end - 1, detector: detector.save(), usual: [], spokeAt: null };
  await disk.append(topics.state, [stateRecord(saved)]);
}

test('orders that book amounts of 0 page for revenue and not for orders, in money, until they are worth something again', async () => {
  const world = new World(28, { yaml: YAML });
  let isWorthNothing = false;
  const drawn = (): number => -MEAN_AMOUNT * Math.log(1 - world.random());
  await world.rehearse();
  await learnRevenue(world, drawn);
  world.start();
  const shop = new Shop(world, { searches: false, amount: () => (isWorthNothing ? 0 : drawn()) });
  await world.clock.advance(MINUTE);
  expect(world.mails()).toEqual([]);

  isWorthNothing = true;
  const broken = world.clock.monotonic();
  const before = shop.published.get('order.placed') ?? 0;
  await world.clock.advance(15 * SECOND);
  const orders = (shop.published.get('order.placed') ?? 0) - before;
  expect(orders).toBeGreaterThan(300);
  expect(world.mails()).toEqual(['page']);
  const [page] = world.postOffice.arrived;
  expect((page?.at ?? 0) - broken).toBeLessThan(12 * SECOND);
  expect(page?.message.facts.headline).toMatch(/^Revenue fell (9\d|100)% in/);
  expect(page?.message.facts.lead.strong).toMatch(/^[1-9],\d{3}\/s to \d+\/s$/);
  const opened = world.journal().filter(({ kind }) => kind === 'opened' || kind === 'joined');
  expect(opened.map((line) => 'fell' in line && line.fell.metric)).toEqual(['revenue']);
  expect(opened[0]).toMatchObject({ fell: { value: 'amount' } });

  isWorthNothing = false;
  await world.clock.advance(1.6 * MINUTE);
  expect(world.mails()).toEqual(['page', 'resolved']);
  const missing = world.postOffice.arrived[1]?.message.facts.rows.find(({ label }) => label === 'Missing')?.value;
  expect(missing).toMatch(/^about \d\d,000 of revenue \(amount\)$/);
  await world.stop();
}, 60_000);
