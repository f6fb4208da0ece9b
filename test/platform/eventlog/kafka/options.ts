/** How tests reach their Kafka: with topics of their own, so that files and runs do not meet. */
import { randomBytes } from 'node:crypto';
import type { KafkaOptions } from '../../../../platform/eventlog/kafka/options.ts';

export function kafkaOptions(brokers: readonly string[], more: Partial<KafkaOptions> = {}): KafkaOptions {
  return { brokers, topicPrefix: `test-${randomBytes(4).toString('hex')}-`, partitions: { events: 3, counts: 1 }, ...more };
}
