/** One partition of events goes away with the only broker that has it: it is left out on both sides, and the rest still pages. */
import kafkajs from 'kafkajs';
import type { WorldFault } from '../fault.ts';
import type { World } from '../world.ts';

const AWAY_MS = 15_000;
/** Kafka copies what is there before a broker may leave. */
const MOVED_MS = 6000;

async function assign(world: World, partition: number, replicas: number[]): Promise<void> {
  const { brokers } = world.kafka;
  const admin = new kafkajs.Kafka({ clientId: 'chaos', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topic = `${world.topicPrefix}events`;
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] });
  } finally {
    await admin.disconnect();
  }
}

export const F22: WorldFault = {
  id: 'F22',
  what: 'one partition of events away',
  means: 'one partition is moved to one broker alone, which is killed with -9 for 15 s',
  secondsMax: 150,
  async run(world, round) {
    const brokers = world.kafka.processes;
    const broker = world.pick(brokers);
    const { partition } = world.pick(world.apps);
    const others = brokers.filter((other) => other !== broker).map(({ id }) => id);
    await assign(world, partition, [broker.id]);
    await round.wait(MOVED_MS);
    await broker.signal('SIGKILL');
    try {
      await round.wait(world.between(0, 6000));
      await round.outage();
      await round.wait(AWAY_MS);
    } finally {
      const wasPaged = round.isPaged;
      await broker.start();
      await assign(world, partition, [broker.id, ...others]);
      round.note = wasPaged ? 'paged while it was away' : 'paged when it was back';
    }
    await round.paged();
    return { text: round.note, ok: true };
  },
};
