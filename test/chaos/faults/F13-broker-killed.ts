/** kill -9 one of three brokers: its partitions move, appends are tried again, and deciding stands still no longer than the election. */
import type { WorldFault } from '../fault.ts';

const DOWN_MS = 8000;
const UNDECIDED_MS = 5000;

export const F13: WorldFault = {
  id: 'F13',
  what: 'one of three brokers killed',
  means: 'kill -9 of one Kafka broker, started again 8 s later',
  undecidedMs: UNDECIDED_MS,
  async run(world, round) {
    const broker = world.pick(world.kafka.processes);
    if (world.random() < 0.5) await round.outage();
    await round.wait(world.between(0, 2000));
    await broker.signal('SIGKILL');
    round.did(`broker ${broker.id} killed`);
    await round.wait(world.between(0, 2000));
    if (round.outages.length === 0) await round.outage();
    await round.wait(DOWN_MS);
    await broker.start();
    await round.paged();
    return undefined;
  },
};
