/** What happens in the shop, in its own words. */
import { DomainEvent } from '@plummet/sdk';

export class OrderPlaced extends DomainEvent<{ amount: number; channel: 'web' | 'app' }> {
  static override readonly type = 'order.placed';
}

export class PaymentTaken extends DomainEvent<{ amount: number }> {
  static override readonly type = 'payment.taken';
}

export class UserRegistered extends DomainEvent<{ plan: 'free' | 'pro' | 'team' }> {
  static override readonly type = 'user.registered';
}

export class SearchRun extends DomainEvent {
  static override readonly type = 'search.run';
}
