import { DomainEvent, UsageError } from '@plummet/sdk';
import { afterEach, expect, test } from 'vitest';
import { orderPlaced, userRegistered } from './events.ts';

const forget: (() => void)[] = [];
afterEach(() => {
  for (const one of forget.splice(0)) one();
});

test('an event tells functions, objects and classes, in the order in which they were named', () => {
  const OrderPlaced = orderPlaced();
  const told: unknown[] = [];
  class Warehouse {
    readonly shelf = 'A';
    handleOrderPlaced(event: DomainEvent<{ amount: number }>): void {
      told.push(['instance', this.shelf, event.data.amount]);
    }
  }
  class Ledger {
    readonly page = 1;
    static handleOrderPlaced(event: DomainEvent<{ amount: number }>): void {
      told.push(['static', Ledger.name, event.data.amount]);
    }
  }
  OrderPlaced.notifies((event) => told.push(['function', event.data.amount, event.type]), {
    handleOrderPlaced: (event: DomainEvent<{ amount: number }>) => told.push(['object', event.data.amount]),
  });
  OrderPlaced.notifies(Ledger, Warehouse);
  new OrderPlaced({ amount: 42 }).publish();
  expect(told).toEqual([
    ['function', 42, 'order.placed'],
    ['object', 42],
    ['static', 'Ledger', 42],
    ['instance', 'A', 42],
  ]);
});

test('a class without a static handler is made once, at notifies()', () => {
  const OrderPlaced = orderPlaced();
  let made = 0;
  class Counter {
    orders = 0;
    constructor() {
      made++;
    }
    handleEvent(): void {
      expect(++this.orders).toBeLessThanOrEqual(2);
    }
  }
  OrderPlaced.notifies(Counter);
  expect(made).toBe(1);
  new OrderPlaced({ amount: 1 }).publish();
  new OrderPlaced({ amount: 2 }).publish();
  expect(made).toBe(1);
});

test('the handler follows from the name of the class, then from the type, then it is handleEvent', () => {
  const called: string[] = [];
  const recording = (...names: string[]) => Object.fromEntries(names.map((name) => [name, () => called.push(name)]));
  class OrderPlacedEvent extends DomainEvent {
    static readonly type = 'shop.order-placed';
  }
  OrderPlacedEvent.notifies(recording('handleOrderPlaced', 'handleShopOrderPlaced', 'handleEvent'));
  OrderPlacedEvent.notifies(recording('handleShopOrderPlaced', 'handleEvent'));
  OrderPlacedEvent.notifies(recording('handleEvent'));
  new OrderPlacedEvent().publish();
  expect(called).toEqual(['handleOrderPlaced', 'handleShopOrderPlaced', 'handleEvent']);
});

test('the handler is named by the event class or by notifies() where either says so', () => {
  const called: string[] = [];
  class OrderPlaced extends DomainEvent {
    static readonly type = 'order.placed';
    static readonly handler = 'onOrder';
  }
  OrderPlaced.notifies({ onOrder: () => called.push('onOrder'), handleOrderPlaced: () => called.push('handleOrderPlaced') });
  OrderPlaced.notifies({ handleEvent: () => called.push('handleEvent') });
  OrderPlaced.notifies({ book: () => called.push('book'), onOrder: () => called.push('never') }, { handler: 'book' });
  new OrderPlaced().publish();
  expect(called).toEqual(['onOrder', 'handleEvent', 'book']);
});

test('a handler replaced after notifies() is the one that is called, as test doubles need it', () => {
  const OrderPlaced = orderPlaced();
  const called: string[] = [];
  const warehouse = { handleOrderPlaced: () => called.push('real') };
  OrderPlaced.notifies(warehouse);
  warehouse.handleOrderPlaced = () => called.push('double');
  new OrderPlaced({ amount: 1 }).publish();
  expect(called).toEqual(['double']);
});

test('an observer without a handler is an error at notifies() that names what is missing', () => {
  const OrderPlaced = orderPlaced();
  class Deaf {
    listen(): void {}
  }
  expect(() => OrderPlaced.notifies(new Deaf())).toThrow(/Deaf has no handleOrderPlaced or handleEvent/);
  expect(() => OrderPlaced.notifies(Deaf)).toThrow(/Deaf has no handleOrderPlaced or handleEvent/);
  expect(() => OrderPlaced.notifies({ handleEvent: () => {} }, { handler: 'book' })).toThrow(/an object has no book/);
  expect(() => OrderPlaced.notifies({})).toThrow(UsageError);
});

test('a class whose constructor takes arguments is an error that asks for an instance', () => {
  const OrderPlaced = orderPlaced();
  class Mailer {
    readonly from: string;
    constructor(from: string) {
      this.from = from;
    }
    handleEvent(): void {}
  }
  expect(() => OrderPlaced.notifies(Mailer)).toThrow(/new Mailer\(…\)/);
});

test('a missing observer is an error: nothing, null, a text, or only options', () => {
  const OrderPlaced = orderPlaced();
  for (const missing of [undefined, null, 'sendReceipt', 42]) {
    expect(() => OrderPlaced.notifies(missing as never)).toThrow(/function, an object or a class/);
  }
  expect(() => OrderPlaced.notifies()).toThrow(/no observer/);
  expect(() => OrderPlaced.notifies({ critical: true })).toThrow(/no observer/);
  expect(() => OrderPlaced.notifies(() => {}, { critical: true, insde: 'transaction' } as never)).toThrow(/no option 'insde'/);
});

test('where one of several observers is wrong, none of them is registered', () => {
  const OrderPlaced = orderPlaced();
  let told = 0;
  expect(() => OrderPlaced.notifies(() => told++, {})).toThrow(UsageError);
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toBe(0);
});

test('a class without a type, or with one that no event can have, is a clear error', () => {
  class Untyped extends DomainEvent {}
  expect(() => Untyped.notifies(() => {})).toThrow(/Untyped has no type: add `static readonly type = 'order.placed'`/);
  expect(() => new Untyped().publish()).toThrow(/Untyped has no type/);
  for (const type of ['Order Placed', 'order.', '', 'order\nplaced', 'a'.repeat(101), 42]) {
    const Wrong = class Wrong extends DomainEvent {
      static readonly type = type;
    };
    expect(() => Wrong.notifies(() => {})).toThrow(/Wrong\.type is .*lower case words with dots/s);
    expect(() => new Wrong().publish()).toThrow(UsageError);
  }
});

test('a subclass inherits the observers of its parents, those first, and adds its own', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  class GiftOrdered extends OrderPlaced {
    static override readonly type = 'gift.ordered';
  }
  GiftOrdered.notifies((event) => told.push(`gift ${event.type}`));
  OrderPlaced.notifies({ handleOrderPlaced: (event: DomainEvent<object>) => told.push(`order ${event.type}`) });
  new GiftOrdered({ amount: 1 }).publish();
  expect(told.splice(0)).toEqual(['order gift.ordered', 'gift gift.ordered']);
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['order order.placed']);
});

test('who observes DomainEvent observes everything, and needs handleEvent', () => {
  const [OrderPlaced, UserRegistered] = [orderPlaced(), userRegistered()];
  const types: string[] = [];
  forget.push(DomainEvent.notifies({ handleEvent: (event: DomainEvent) => types.push(event.type) }));
  new OrderPlaced({ amount: 1 }).publish();
  new UserRegistered().publish();
  expect(types).toEqual(['order.placed', 'user.registered']);
  expect(() => DomainEvent.notifies({ handleOrderPlaced: () => {} })).toThrow(/handleEvent/);
});

test('an observer that is named twice, by a class and its parent too, is told once', () => {
  const OrderPlaced = orderPlaced();
  class GiftOrdered extends OrderPlaced {
    static override readonly type = 'gift.ordered';
  }
  let told = 0;
  const count = (): number => told++;
  forget.push(DomainEvent.notifies(count));
  OrderPlaced.notifies(count, count);
  GiftOrdered.notifies(count);
  new GiftOrdered({ amount: 1 }).publish();
  expect(told).toBe(1);
});

test('what notifies() returns takes these observers off again, and no others', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  const off = OrderPlaced.notifies(
    () => told.push('a'),
    () => told.push('b'),
  );
  OrderPlaced.notifies(() => told.push('c'));
  new OrderPlaced({ amount: 1 }).publish();
  off();
  off();
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['a', 'b', 'c', 'c']);
});

test('publishAndWait() tells one observer after the other, asynchronous ones too; publish() waits for none', async () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.notifies(
    async () => {
      await new Promise((resolve) => setImmediate(resolve));
      told.push('slow');
    },
    () => told.push('quick'),
  );
  await new OrderPlaced({ amount: 1 }).publishAndWait();
  expect(told.splice(0)).toEqual(['slow', 'quick']);
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['quick']);
});

test('configure() on a class gathers everything about one event', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.configure((event) => {
    event.group('transaction', (run) => {
      told.push('begin');
      run();
      told.push('commit');
    });
    event.notifies(() => told.push('invoice'), { inside: 'transaction' });
  });
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['begin', 'invoice', 'commit']);
});

test('an event without data has an empty object', () => {
  const UserRegistered = userRegistered();
  expect(new UserRegistered().data).toEqual({});
  expect(new UserRegistered({}).data).toEqual({});
});
