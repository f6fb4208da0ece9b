/** An app with one kind of event, a connection on a clock that the test moves, and a post that the test answers for. */
import { type ConnectOptions, connect, type Delivery } from '@plummet/sdk';
import { ManualClock } from '../support/clock.ts';
import { orderPlaced } from './events.ts';
import { type Hearing, hearing } from './hearing.ts';
import { Post } from './post.ts';

export interface World {
  readonly clock: ManualClock;
  readonly post: Post;
  readonly plummet: Delivery;
  readonly heard: Hearing;
  /** Publishes orders with these amounts. */
  order(...amounts: number[]): void;
}

/** @param chance  what random() gives */
export function world(options: ConnectOptions & { readonly chance?: () => number } = {}): World {
  const { chance = () => 0.5, ...rest } = options;
  const clock = new ManualClock();
  const post = new Post();
  const heard = hearing(clock);
  const plummet = connect({ via: post, clock, random: chance, producer: 'shop', ...rest });
  const OrderPlaced = orderPlaced();
  OrderPlaced.notifies(plummet);
  const order = (...amounts: number[]): void => {
    for (const amount of amounts) new OrderPlaced({ amount }).publish();
  };
  return { clock, post, plummet, heard, order };
}
