import { DomainEvent } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { orderPlaced } from './events.ts';
import { hearing } from './hearing.ts';

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a group runs inside its wrapper, at the place where it was declared, its observers in order', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.notifies(() => told.push('before'));
  OrderPlaced.group('transaction', (run, event) => {
    told.push(`begin ${event.type}`);
    run();
    told.push('commit');
  });
  OrderPlaced.notifies(() => told.push('a'), { inside: 'transaction' });
  OrderPlaced.notifies(() => told.push('after'));
  OrderPlaced.notifies(
    () => told.push('b'),
    () => told.push('c'),
    { inside: 'transaction' },
  );
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['before', 'begin order.placed', 'a', 'b', 'c', 'commit', 'after']);
});

test('a group without a wrapper still notifies, and an empty group runs no wrapper', () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.group('plain');
  OrderPlaced.group('empty', () => told.push('never'));
  OrderPlaced.notifies(() => told.push('after'));
  OrderPlaced.notifies(() => told.push('inside'), { inside: 'plain' });
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['inside', 'after']);
});

test('an unknown group is an error that names those there are; a group declared twice is one too', () => {
  const OrderPlaced = orderPlaced();
  expect(() => OrderPlaced.notifies(() => {}, { inside: 'transaction' })).toThrow(/no group 'transaction' \(it has none yet\)/);
  OrderPlaced.group('after-commit');
  expect(() => OrderPlaced.notifies(() => {}, { inside: 'transaction' })).toThrow(/there are 'after-commit'/);
  expect(() => OrderPlaced.group('after-commit')).toThrow(/already/);
  expect(() => OrderPlaced.group('transaction', 'db' as never)).toThrow(/takes a function/);
});

test('a subclass uses the groups of its parents, and DomainEvent has groups for all', () => {
  const OrderPlaced = orderPlaced();
  class GiftOrdered extends OrderPlaced {
    static override readonly type = 'gift.ordered';
  }
  const told: string[] = [];
  OrderPlaced.group('transaction', (run) => {
    told.push('(');
    run();
    told.push(')');
  });
  OrderPlaced.notifies(() => told.push('order'), { inside: 'transaction' });
  GiftOrdered.notifies(() => told.push('gift'), { inside: 'transaction' });
  new GiftOrdered({ amount: 1 }).publish();
  new OrderPlaced({ amount: 1 }).publish();
  expect(told).toEqual(['(', 'order', 'gift', ')', '(', 'order', ')']);
  expect(() => GiftOrdered.group('transaction')).toThrow(/already/);
  expect(() => DomainEvent.notifies(() => {}, { inside: 'transaction' })).toThrow(/no group/);
});

test('run() returns nothing while all observers are synchronous, as synchronous transactions demand it', async () => {
  const OrderPlaced = orderPlaced();
  const returned: unknown[] = [];
  OrderPlaced.group('transaction', (run) => void returned.push(run()));
  OrderPlaced.notifies(() => {}, { inside: 'transaction' });
  new OrderPlaced({ amount: 1 }).publish();
  await new OrderPlaced({ amount: 1 }).publishAndWait();
  expect(returned).toEqual([undefined, undefined]);
});

test('an asynchronous transaction commits after its observers have finished, one after the other', async () => {
  const OrderPlaced = orderPlaced();
  const told: string[] = [];
  OrderPlaced.group('transaction', async (run) => {
    told.push('begin');
    await run();
    told.push('commit');
  });
  const slow = (name: string) => async () => {
    await later();
    told.push(name);
  };
  OrderPlaced.notifies(slow('a'), () => told.push('b'), slow('c'), { inside: 'transaction' });
  OrderPlaced.notifies(() => told.push('after'));
  await new OrderPlaced({ amount: 1 }).publishAndWait();
  expect(told).toEqual(['begin', 'a', 'b', 'c', 'commit', 'after']);
});

test('an observer that throws in a group stops neither the others nor the commit; a critical one rolls back and is thrown', () => {
  for (const critical of [false, true]) {
    const OrderPlaced = orderPlaced();
    const told: string[] = [];
    OrderPlaced.group('transaction', (run) => {
      try {
        run();
        told.push('commit');
      } catch (error) {
        told.push('rollback');
        throw error;
      }
    });
    OrderPlaced.notifies(
      () => {
        throw new Error('no stock');
      },
      { inside: 'transaction', critical },
    );
    OrderPlaced.notifies(() => told.push('other'), { inside: 'transaction' });
    OrderPlaced.notifies(() => told.push('after'));
    using heard = hearing();
    if (critical) expect(() => new OrderPlaced({ amount: 1 }).publish()).toThrow('no stock');
    else new OrderPlaced({ amount: 1 }).publish();
    expect(told).toEqual(['other', critical ? 'rollback' : 'commit', 'after']);
    expect(heard.failures).toMatchObject([{ critical, error: { message: 'no stock' } }]);
  }
});

test('a critical failure reaches the publisher even where the wrapper swallows it', async () => {
  const OrderPlaced = orderPlaced();
  OrderPlaced.group('transaction', async (run) => {
    await Promise.resolve(run()).catch(() => {});
  });
  OrderPlaced.notifies(
    async () => {
      await later();
      throw new Error('no stock');
    },
    { inside: 'transaction', critical: true },
  );
  using heard = hearing();
  await expect(new OrderPlaced({ amount: 1 }).publishAndWait()).rejects.toThrow('no stock');
  expect(heard.failures).toHaveLength(1);
});

test('a wrapper that awaits nothing leaves no rejection behind, though a critical observer fails later', async () => {
  const OrderPlaced = orderPlaced();
  OrderPlaced.group('careless', (run) => void run());
  OrderPlaced.notifies(
    async () => {
      await later();
      throw new Error('too late');
    },
    { inside: 'careless', critical: true },
  );
  using heard = hearing();
  new OrderPlaced({ amount: 1 }).publish();
  await later();
  await later();
  expect(heard.failures).toMatchObject([{ error: { message: 'too late' } }]);
});

test('a wrapper that fails is reported by the name of its group, and is critical where an observer in it is', async () => {
  for (const critical of [false, true]) {
    const OrderPlaced = orderPlaced();
    OrderPlaced.group('transaction', async (run) => {
      await run();
      throw new Error('commit failed');
    });
    OrderPlaced.notifies(() => {}, { inside: 'transaction', critical });
    let after = 0;
    OrderPlaced.notifies(() => after++);
    using heard = hearing();
    const published = new OrderPlaced({ amount: 1 }).publishAndWait();
    await (critical ? expect(published).rejects.toThrow('commit failed') : published);
    expect(after).toBe(1);
    expect(heard.failures).toMatchObject([{ observer: "the wrapper of group 'transaction'", critical }]);
  }
});

test('a wrapper that runs its group again, a transaction that is retried, forgets the errors of the first run', () => {
  const OrderPlaced = orderPlaced();
  let runs = 0;
  OrderPlaced.group('transaction', (run) => {
    try {
      run();
    } catch {
      run();
    }
  });
  OrderPlaced.notifies(
    () => {
      if (++runs === 1) throw new Error('serialization failure');
    },
    { inside: 'transaction', critical: true },
  );
  using _heard = hearing();
  new OrderPlaced({ amount: 1 }).publish();
  expect(runs).toBe(2);
});
