/** One partition of events goes away with the only broker that has it: it is left out on both sides, and the rest still pages. */
import kafkajs from 'kafkajs';
import { eventually } from '../../support/process.ts';
import type { WorldFault } from '../fault.ts';
import type { World } from '../world.ts';

const AWAY_MS = 10_000;
/** Kafka copies what is there before a broker may leave. */
const MOVED_MS = 4000;
const ASSIGNED_WITHIN_MS = 60_000;

async function assign(world: World, partition: number, replicas: number[]): Promise<void> {
  const { brokers } = world.kafka;
  const admin = new kafkajs.Kafka({ clientId: 'chaos', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topic = `${world.topicPrefix}events`;
    // The broker that is asked may not yet know who leads.
    await eventually('another assignment', ASSIGNED_WITHIN_MS, async () => {
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] });
      return true;
    });
  } finally {
    await admin.disconnect();
  }
}

export const F22: WorldFault = {
  id: 'F22',
  what: 'one partition of events away',
  means: 'one partition is moved to one broker alone, which is frozen (SIGSTOP) for 10 s and more',
  secondsMax: 150,
  async run(world, round) {
    const brokers = world.kafka.processes;
    const broker = world.pick(brokers);
    const { partition } = world.pick(world.apps);
    const others = brokers.filter((other) => other !== broker).map(({ id }) => id);
    await assign(world, partition, [broker.id]);
    await round.wait(MOVED_MS);
    await broker.signal('SIGSTOP');
    round.did(`broker ${broker.id} with partition ${partition} frozen`);
    let wasPaged = false;
    try {
      await round.wait(world.between(0, 4000));
      await round.outage();
      await round.wait(AWAY_MS);
    } finally {
      wasPaged = round.isPaged;
      await broker.signal('SIGCONT');
      round.did('broker back');
      await assign(world, partition, [broker.id, ...others]);
    }
    await round.paged();
    return { text: wasPaged ? 'paged while it was away' : 'paged when it was back', ok: true };
  },
};
