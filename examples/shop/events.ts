/** What happens in the shop, in its own words. */
import { DomainEvent } from '@plummet/sdk';

export class OrderPlaced extends DomainEvent<{ amount: number; channel: 'web' | 'app'; country: string }> {
  static readonly type = 'order.placed';
}

export class PaymentTaken extends DomainEvent<{ amount: number }> {
  static readonly type = 'payment.taken';
}

export class UserRegistered extends DomainEvent<{ plan: 'free' | 'pro' | 'team' }> {
  static readonly type = 'user.registered';
}

export class SearchRun extends DomainEvent {
  static readonly type = 'search.run';
}
