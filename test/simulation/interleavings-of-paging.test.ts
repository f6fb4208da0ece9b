/** Interleavings that broke earlier drafts on the way from signals to people, each lived through by both replicas. */
import { expect, test, vi } from 'vitest';
import { live } from './life.ts';
import { DEADLINE_MS, openShop, SECOND } from './open-shop.ts';

vi.setConfig({ testTimeout: DEADLINE_MS });

test('the mail server is away for nine seconds: somebody goes on trying, and the page comes once', async () => {
  const { world, shop, pass, ends } = await openShop(10);
  world.postOffice.isAway = true;
  shop.act('break-checkout');
  await pass(14);
  expect(world.mails()).toEqual([]);
  world.postOffice.isAway = false;
  await pass(40);
  expect(world.mails()).toEqual(['page']);
  await ends();
});

test('the sender stands still after it intended to send, for ten seconds or two minutes: it sends nothing on that decision', async () => {
  for (const [seed, stillMs] of [
    [11, 10 * SECOND],
    [12, 120 * SECOND],
  ] as const) {
    const { world, shop, pass } = await openShop(seed, { mailMs: 0 });
    const process = world.host('a').process!;
    const { pass: onPass } = { pass: process.pass.bind(process) };
    process.pass = (point) => {
      // Its intention is in the journal, and it has not read it back.
      if (
        point.what === 'append incidents' &&
        point.phase === 'arrived' &&
        world.journal().some(({ kind, by }) => kind === 'intended' && by.startsWith('a-'))
      )
        process.stop();
      onPass(point);
    };
    shop.act('break-checkout');
    await pass(15);
    expect(world.postOffice.arrived.map(({ from, message }) => `${from} ${message.facts.kind}`)).toEqual(['b page']);
    shop.act('mend');
    await world.clock.advance(stillMs);
    process.pass = onPass;
    process.continue();
    await pass(30);
    expect(world.postOffice.arrived.filter(({ from, message }) => from === 'a' && message.facts.kind === 'page')).toEqual([]);
  }
});

test("b's clock is two seconds ahead: the page comes once, from a", async () => {
  const { world, shop, pass, ends } = await openShop(13);
  const b = world.host('b');
  b.machine.wrongMs = 2 * SECOND;
  b.kill();
  await pass(1);
  b.start();
  await pass(10);
  shop.act('break-checkout');
  await pass(20);
  expect(world.postOffice.arrived.map(({ from }) => from)).toEqual(['a']);
  await ends();
});

test("b starts again and reads signals long before incidents: yesterday's page is not sent again", async () => {
  const { world, shop, pass, ends } = await openShop(14);
  shop.act('break-checkout');
  await pass(15);
  expect(world.mails()).toEqual(['page']);
  world.host('b').kill();
  world.host('a').kill();
  world.disk.hold(world.topics.incidents);
  world.host('b').start();
  await pass(8);
  world.disk.release(world.topics.incidents);
  await pass(20);
  expect(world.mails()).toEqual(['page']);
  await ends();
});

test('orders and payments drop together: both replicas see one incident, and one page names both', async () => {
  const { world, shop, pass, ends } = await openShop(15);
  shop.act('break-checkout');
  await pass(20);
  expect(world.mails()).toEqual(['page']);
  expect(new Set(world.journal().map(({ incident }) => incident)).size).toBe(1);
  const told = world.journal().flatMap((line) => (line.kind === 'opened' || line.kind === 'joined' ? [line.fell.metric] : []));
  expect([...new Set(told)].sort()).toEqual(['orders', 'payments']);
  await ends();
});

test('two whose turn came while one was cut off from the journal page twice at most, and it is known why (seed 10065)', async () => {
  const { story, wrong } = await live(10_065);
  expect(wrong, story).toEqual([]);
});
