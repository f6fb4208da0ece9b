/**
 * Domain events with observers, delivered to Plummet without ever blocking the app.
 * @example
 * import { connect, DomainEvent } from '@plummet/sdk';
 *
 * class OrderPlaced extends DomainEvent<{ amount: number }> {
 *   static readonly type = 'order.placed';
 * }
 * OrderPlaced.notifies(connect({ url: 'http://127.0.0.1:8080' }));
 * new OrderPlaced({ amount: 42 }).publish();
 */
export { configure, disable, enable, type ObserverFailure, type Settings, whileDisabled, whileEnabled } from './configure.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Delivery, Stats } from './delivery.ts';
export { DomainEvent, type EventClass } from './event.ts';
export type { Wrapper } from './group.ts';
export { type NotifyOptions, type Observer, UsageError } from './observers.ts';
export { type Recorder, record } from './recorder.ts';
export type { Later, Letter, Outcome, Refused, Transport } from './transport.ts';
