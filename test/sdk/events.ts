/** Events for tests: classes are made anew for each, because observers belong to classes. */
import { DomainEvent } from '@plummet/sdk';

export interface Order {
  amount: number;
  channel?: string;
}

export function orderPlaced() {
  return class OrderPlaced extends DomainEvent<Order> {
    static readonly type: string = 'order.placed';
  };
}

export function userRegistered() {
  return class UserRegistered extends DomainEvent {
    static readonly type = 'user.registered';
  };
}
