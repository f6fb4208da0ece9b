import { configure, type DomainEvent, disable, enable, record, whileDisabled, whileEnabled } from '@plummet/sdk';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../support/clock.ts';
import { orderPlaced, userRegistered } from './events.ts';
import { hearing } from './hearing.ts';

afterEach(enable);

const nap = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an observer that throws stops neither the others nor the publisher, and is reported', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.notifies(
    function sendReceipt() {
      throw new Error('no mail server');
    },
    () => told.push('other'),
  );
  using heard = hearing();
  const event = new OrderPlaced({ amount: 1 });
  event.publish();
  expect(told).toEqual(['other']);
  expect(heard.failures).toEqual([{ error: new Error('no mail server'), event, observer: 'sendReceipt', critical: false }]);
});

test('a rejected promise of an observer is reported too, and never left unhandled', async () => {
  const OrderPlaced = orderPlaced();
  OrderPlaced.notifies(async () => {
    await nap();
    throw new Error('too late');
  });
  using heard = hearing();
  new OrderPlaced({ amount: 1 }).publish();
  await nap();
  await nap();
  expect(heard.failures).toMatchObject([{ error: { message: 'too late' } }]);
  await new OrderPlaced({ amount: 1 }).publishAndWait();
  expect(heard.failures).toHaveLength(2);
});

test('what critical observers throw reaches the publisher after all were told: alone as it is, several together', async () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  const failing = (what: string) => () => {
    throw new Error(what);
  };
  OrderPlaced.notifies(failing('a'), { critical: true });
  OrderPlaced.notifies(() => told.push('other'));
  using heard = hearing();
  expect(() => new OrderPlaced({ amount: 1 }).publish()).toThrow(/^a$/);
  OrderPlaced.notifies(failing('b'), { critical: true });
  expect(() => new OrderPlaced({ amount: 1 }).publish()).toThrow('2 critical observers failed');
  await expect(new OrderPlaced({ amount: 1 }).publishAndWait()).rejects.toThrow(AggregateError);
  expect(told).toEqual(['other', 'other', 'other']);
  expect(heard.failures).toHaveLength(5);
});

test('warnings name the event, the observer and the remedy, and come once a minute', async () => {
  const [OrderPlaced, UserRegistered] = [orderPlaced(), userRegistered()];
  const clock = new ManualClock();
  const fail = (): never => {
    throw new Error('broken');
  };
  OrderPlaced.notifies(fail);
  UserRegistered.notifies(fail);
  using heard = hearing(clock);
  configure({ onError: undefined });
  for (let i = 0; i < 50; i++) new OrderPlaced({ amount: i }).publish();
  new UserRegistered().publish();
  expect(heard.warnings).toHaveLength(2);
  expect(heard.warnings[0]).toMatch(
    /OrderPlaced: its observer fail failed: Error: broken.*Mend fail, or hear of it with configure\({ onError }\)/,
  );
  expect(heard.warnings[1]).toMatch(/UserRegistered/);
  await clock.advance(59_999);
  new OrderPlaced({ amount: 1 }).publish();
  await clock.advance(1);
  new OrderPlaced({ amount: 1 }).publish();
  expect(heard.warnings).toHaveLength(3);
  expect(heard.warnings[2]).toMatch(/and 50 more/);
});

test('onError and onWarning that throw harm nobody', () => {
  const OrderPlaced = orderPlaced();
  OrderPlaced.notifies(() => {
    throw { toString: () => Object.create(null) };
  });
  using _heard = hearing();
  const broken = (): never => {
    throw new Error('itself broken');
  };
  configure({ onError: broken, onWarning: broken, clock: new ManualClock() });
  expect(() => new OrderPlaced({ amount: 1 }).publish()).not.toThrow();
});

test('disable() keeps all observers from being told until enable()', async () => {
  const OrderPlaced = orderPlaced();
  let told = 0;
  OrderPlaced.notifies(() => told++);
  disable();
  new OrderPlaced({ amount: 1 }).publish();
  await new OrderPlaced({ amount: 1 }).publishAndWait();
  expect(told).toBe(0);
  enable();
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toBe(1);
});

test('whileDisabled() holds for what it runs and awaits, and for nothing else that runs meanwhile', async () => {
  const OrderPlaced = orderPlaced();
  const told: number[] = [];
  OrderPlaced.notifies((event) => told.push(event.data.amount));
  const inside = whileDisabled(async () => {
    new OrderPlaced({ amount: 1 }).publish();
    await nap();
    new OrderPlaced({ amount: 2 }).publish();
    whileEnabled(() => new OrderPlaced({ amount: 3 }).publish());
    return 'done';
  });
  new OrderPlaced({ amount: 4 }).publish();
  expect(await inside).toBe('done');
  new OrderPlaced({ amount: 5 }).publish();
  expect(told).toEqual([4, 3, 5]);
});

test('whileEnabled() tells observers inside a disabled process', () => {
  const OrderPlaced = orderPlaced();
  let told = 0;
  OrderPlaced.notifies(() => told++);
  disable();
  whileEnabled(() => new OrderPlaced({ amount: 1 }).publish());
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toBe(1);
  expect(() =>
    whileDisabled(() => {
      throw new Error('out');
    }),
  ).toThrow('out');
});

test('a forgotten recorder keeps the newest 100,000 events', () => {
  const OrderPlaced = orderPlaced();
  const recorder = record();
  for (let amount = 0; amount < 100_003; amount++) new OrderPlaced({ amount }).publish();
  recorder.stop();
  expect([recorder.events.length, recorder.forgotten, recorder.of(OrderPlaced)[0]?.data.amount]).toEqual([100_000, 3, 3]);
});

test('a recorder collects what is published, disabled or not, by class and subclass, until it is stopped', () => {
  const [OrderPlaced, UserRegistered] = [orderPlaced(), userRegistered()];
  class GiftOrdered extends OrderPlaced {
    static override readonly type = 'gift.ordered';
  }
  const recorder = record();
  disable();
  new OrderPlaced({ amount: 1 }).publish();
  new UserRegistered().publish();
  enable();
  new GiftOrdered({ amount: 2 }).publish();
  expect(recorder.events.map((event: DomainEvent<object>) => event.type)).toEqual(['order.placed', 'user.registered', 'gift.ordered']);
  expect(recorder.of(OrderPlaced).map((event) => event.data.amount)).toEqual([1, 2]);
  recorder.clear();
  new UserRegistered().publish();
  recorder.stop();
  new UserRegistered().publish();
  expect(recorder.events).toHaveLength(1);
});
