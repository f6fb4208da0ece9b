/** An app that publishes to Kafka and then has nothing left to do: `kafka-app.ts BROKERS TOPIC`. */
import { connect, DomainEvent } from '@plummet/sdk';
import { kafka } from '@plummet/sdk/kafka';

class Ordered extends DomainEvent<{ amount: number }> {
  static readonly type = 'order.placed';
}

const [brokers = '', topic] = process.argv.slice(2);
Ordered.notifies(connect({ via: kafka({ brokers: brokers.split(','), topic }), producer: 'shop' }));
new Ordered({ amount: 1 }).publish();
setTimeout(() => new Ordered({ amount: 2 }).publish(), 1_500);
