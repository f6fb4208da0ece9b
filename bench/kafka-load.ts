/** Apps in a process of their own, by the sdk straight to Kafka: `kafka-load.ts BROKERS TOPIC CONNECTIONS`. Told the pace. */
import { connect, type Delivery, DomainEvent } from '@plummet/sdk';
import { kafka } from '@plummet/sdk/kafka';

/** To it: events a second from now on; 0 ends it. */
export interface Pace {
  readonly eventsPerSecond: number;
}

/** From it, at its end. */
export interface Published {
  readonly published: number;
  readonly lost: number;
}

const STEP_MS = 20;
const CLOSE_MS = 20_000;

const [brokers = '', topic = '', connections = '1'] = process.argv.slice(2);
const apps = Array.from({ length: Number(connections) }, (_, i) => {
  const delivery = connect({
    via: kafka({ brokers: brokers.split(','), topic }),
    producer: `shop-${process.pid}-${i}`,
    flushAtExit: false,
  });
  return { delivery, publish: publisherOf(delivery) };
});
let eventsPerSecond = 0;
let owed = 0;
let last = performance.now();

const timer = setInterval(() => {
  const now = performance.now();
  owed += (eventsPerSecond * (now - last)) / 1000;
  last = now;
  for (; owed >= 1; owed--) apps[Math.floor(owed) % apps.length]?.publish(Math.floor(owed));
}, STEP_MS);

process.on('message', (pace: Pace) => {
  eventsPerSecond = pace.eventsPerSecond;
  if (eventsPerSecond === 0) void end();
});
process.on('disconnect', () => process.exit());

async function end(): Promise<void> {
  clearInterval(timer);
  await Promise.all(apps.map(({ delivery }) => delivery.close({ withinMs: CLOSE_MS })));
  const all = apps.map(({ delivery }) => delivery.stats());
  const sum = (of: (stats: (typeof all)[number]) => number): number => all.reduce((total, stats) => total + of(stats), 0);
  const done: Published = { published: sum(({ published }) => published), lost: sum(({ lost, queued }) => lost + queued) };
  process.send?.(done, () => process.exit());
}

function publisherOf(delivery: Delivery): (i: number) => void {
  class OrderPlaced extends DomainEvent<{ amount: number; channel: string }> {
    static readonly type = 'order.placed';
  }
  class UserRegistered extends DomainEvent {
    static readonly type = 'user.registered';
  }
  OrderPlaced.notifies(delivery);
  UserRegistered.notifies(delivery);
  return (i) => {
    if (i % 5 === 0) new UserRegistered().publish();
    else new OrderPlaced({ amount: (i * 37) % 500, channel: i % 3 === 0 ? 'web' : 'app' }).publish();
  };
}
