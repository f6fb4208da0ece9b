/** Kafka's own consumer performance tool as a peer: how many records a second it fetches, looking at none. */
import { kafkaTool } from '../../test/support/kafka/tool.ts';

/** @returns records a second, while it fetched */
export async function consumerPerf(brokers: readonly string[], topic: string, records: number): Promise<number> {
  const args = ['--bootstrap-server', brokers.join(','), '--topic', topic, '--messages', String(records), '--timeout', '60000'];
  const lines = (await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', args)).trim().split('\n');
  const names = lines[0]?.split(',').map((name) => name.trim()) ?? [];
  const value = Number(lines.at(-1)?.split(',')[names.indexOf('fetch.nMsg.sec')]);
  if (!(value > 0)) throw new Error(`consumer-perf printed something else: ${lines.join('\n')}`);
  return value;
}
