/** A small app in a process of its own, for tests of how it ends. Arguments: the gateway's address, and how the app behaves. */
import { connect, DomainEvent } from '../../sdk/src/index.ts';

class Ordered extends DomainEvent<{ amount: number }> {
  static readonly type = 'order.placed';
}

const [url = '', behaviour = 'ends'] = process.argv.slice(2);
const plummet = connect({ url, producer: 'app' });
Ordered.notifies(plummet);
const order = (amount: number): void => new Ordered({ amount }).publish();
const say = (word: string): void => void process.stdout.write(`${word}\n`);
const stay = (): void => void setInterval(() => {}, 1000);

order(1);
order(2);

switch (behaviour) {
  case 'ends':
    break;
  case 'serves':
    stay();
    break;
  case 'drains':
    // Handles SIGTERM itself: publishes once more while it drains, then ends by itself with a code of its own.
    stay();
    process.once('SIGTERM', () => {
      say('draining');
      order(3);
      setTimeout(() => process.exit(7), 500);
    });
    break;
  case 'signal-exit': {
    // What the package of that name does, and many others by it: raises the signal again only where nobody else listens.
    stay();
    const emitter = { count: 1 };
    Object.assign(globalThis, { [Symbol.for('signal-exit emitter')]: emitter });
    const listener = (): void => {
      if (process.listeners('SIGTERM').length !== emitter.count) return;
      say('cleaned up');
      process.removeListener('SIGTERM', listener);
      process.kill(process.pid, 'SIGTERM');
    };
    process.on('SIGTERM', listener);
    break;
  }
}
say('up');
