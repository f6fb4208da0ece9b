/** Records that nobody can read, between the others: each becomes one dead letter that says where it lay, and the stream goes on. */

import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import kafkajs, { type Message } from 'kafkajs';
import { eventually } from '../../support/process.ts';
import type { WorldFault } from '../fault.ts';
import { PARTITIONS } from '../world.ts';

const DEEP = 200_000;
/** More than is ever unpacked of one record batch. */
const BOMB_BYTES = 70 * 1024 * 1024;
const ROUNDS = 12;
const BOMBS = 2;
const TOLD_WITHIN_MS = 30_000;

const as = (type: string): { headers: { 'content-type': string } } => ({ headers: { 'content-type': type } });

/** As a writer that is wrong, or means harm, would send them. */
const POISONS: readonly (() => Message)[] = [
  () => ({ key: 'x', value: '{"producer":"x#1","seq":', ...as(BATCH_CONTENT_TYPE) }),
  () => ({ key: 'x', value: '['.repeat(DEEP) + ']'.repeat(DEEP), ...as(BATCH_CONTENT_TYPE) }),
  () => ({ key: 'x', value: '{"producer":"x#1"}', ...as('application/vnd.plummet.batch+json;v=9') }),
  () => ({ key: 'x', value: null, ...as(BATCH_CONTENT_TYPE) }),
  () => ({ key: 'x', value: '{"producer":"x#1","seq":1e999999,"t0":1e999999}', ...as(BATCH_CONTENT_TYPE) }),
];
const bomb = (): Message => ({ key: 'x', value: Buffer.alloc(BOMB_BYTES), ...as(BATCH_CONTENT_TYPE) });

export const F19: WorldFault = {
  id: 'F19',
  what: 'poison in topic events',
  means: 'half JSON, 200,000 nested lists, another version, no value, infinite numbers, gzip bombs of 70 MB',
  async run(world, round) {
    const client = new kafkajs.Kafka({ clientId: 'chaos', brokers: [...world.kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
    const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const places = new Set<string>();
    const append = async (message: Message): Promise<void> => {
      const partition = Math.floor(world.random() * PARTITIONS);
      const messages = [{ ...message, partition }];
      const [at] = await producer.send({ topic: `${world.topicPrefix}events`, compression: kafkajs.CompressionTypes.GZIP, messages });
      places.add(`events/${partition}@${at?.baseOffset}`);
    };
    try {
      await round.outage();
      for (let i = 0; i < ROUNDS; i++) {
        for (const poison of POISONS) await append(poison());
        if (i < BOMBS) await append(bomb());
      }
    } finally {
      await producer.disconnect();
    }
    const told = (): number => new Set(world.observer.deadLetters.map(({ from }) => from).filter((from) => places.has(from))).size;
    await eventually('all dead letters', TOLD_WITHIN_MS, async () => told() === places.size).catch(() => undefined);
    await round.paged();
    return { text: `${told()} dead letters of ${places.size}`, ok: told() === places.size };
  },
};
