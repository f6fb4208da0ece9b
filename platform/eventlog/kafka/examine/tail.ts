/** The newest records of topics, and what comes while one waits: read from the leaders, nobody's position is moved. */
import type { StoredRecord } from '../../eventlog.ts';
import { type FetchedPartition, fetchOf, readFetched } from '../fetch.ts';
import type { BrokerAddress } from '../kafkajs-parts.ts';
import type { Leaders } from '../leaders.ts';
import { askOffsets } from '../offsets.ts';
import { readBatches, roomOfAnswer } from '../record-batch.ts';

export interface TailWish {
  /** Full name. */
  readonly topic: string;
  /** By partition. */
  readonly from: ReadonlyMap<number, number>;
  readonly leader: BrokerAddress;
}

/** One answer of one leader, at once or when something comes, half a second at most; errors of Kafka by partition. */
export async function fetchOnce(
  leaders: Leaders,
  { topic, from, leader }: TailWish,
): Promise<{ records: StoredRecord[]; errors: Map<number, number> }> {
  const answer = await leaders.connections.send(leader, () => fetchOf(topic, from), WAIT_MS);
  const { partitions } = readFetched(answer);
  const errors = new Map(partitions.filter(({ errorCode }) => errorCode !== 0).map((one) => [one.partition, one.errorCode]));
  const room = roomOfAnswer();
  const read = await Promise.all(
    partitions.map((one: FetchedPartition) => readBatches(one.bytes, one.partition, from.get(one.partition) ?? 0, room)),
  );
  return { records: read.flatMap(({ records }) => records), errors };
}

const WAIT_MS = 500;

/** Offsets of a topic's partitions at a time, by the leader that has them. */
export async function placesByLeader(leaders: Leaders, topic: string, time: number): Promise<Map<BrokerAddress, Map<number, number>>> {
  const partitions = (leaders.view.topics.get(topic) ?? []).map(({ partition }) => partition);
  const { found } = await askOffsets(leaders, { topic, partitions, time });
  const byLeader = new Map<BrokerAddress, Map<number, number>>();
  for (const [partition, offset] of found) {
    const leader = leaders.leader(topic, partition);
    if (leader === undefined || offset < 0) continue;
    byLeader.set(leader, (byLeader.get(leader) ?? new Map<number, number>()).set(partition, offset));
  }
  return byLeader;
}
