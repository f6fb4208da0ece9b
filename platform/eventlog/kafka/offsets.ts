/** Offsets of a topic's partitions by what stands there: the oldest, the end, the first of a time. */
import { type Clock, sleep } from '../../units/clock.ts';
import { type BrokerAddress, errorOfKafka, type InnerBroker, requestOf } from './kafkajs-parts.ts';
import type { Leaders } from './leaders.ts';

/** What Kafka calls the time of the record that would come next, and of the oldest. */
export const AT_END = -1;
export const AT_OLDEST = -2;

const AGAIN_MS = 200;
const READ_UNCOMMITTED = 0;

interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }[];
}

export interface OffsetsWish {
  /** Full name. */
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Milliseconds since the epoch, `AT_END` or `AT_OLDEST`. */
  readonly time: number;
}

/**
 * What the leaders say, each asked once.
 *
 * @returns by partition, those that could be asked; -1 where no record has that time or a later one. `why` is of one that could not
 */
export async function askOffsets(
  leaders: Leaders,
  { topic, partitions, time }: OffsetsWish,
): Promise<{ found: Map<number, number>; why: unknown }> {
  const byLeader = new Map<BrokerAddress, number[]>();
  const found = new Map<number, number>();
  let why: unknown;
  for (const partition of partitions) {
    const leader = leaders.leader(topic, partition);
    if (leader === undefined) why = new Error(`${topic}/${partition} has no leader`);
    else byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
  }
  const asked = [...byLeader].map(async ([leader, theirs]) => {
    const topics = [{ topic, partitions: theirs.map((partition) => ({ partition, timestamp: time })) }];
    const make = (broker: InnerBroker) =>
      requestOf<ListOffsetsAnswer>(broker, 'ListOffsets', { replicaId: -1, isolationLevel: READ_UNCOMMITTED, topics });
    try {
      const { responses } = await leaders.connections.send(leader, make);
      for (const { partition, errorCode, offset } of responses.flatMap((response) => response.partitions)) {
        if (errorCode === 0) found.set(partition, Number(offset));
        else why = new Error(errorOfKafka(errorCode).message);
      }
    } catch (error) {
      why = error;
    }
  });
  await Promise.all(asked);
  return { found, why };
}

export interface Patience {
  readonly clock: Clock;
  /** Given up after so much; left out: never. */
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}

/** Of every partition, asked again until the leaders have said it. @throws why a partition did not answer in time */
export async function offsetsOf(leaders: Leaders, wish: OffsetsWish, { clock, withinMs, signal }: Patience): Promise<Map<number, number>> {
  const startedAt = clock.monotonic();
  const all = new Map<number, number>();
  for (;;) {
    const left = wish.partitions.filter((partition) => !all.has(partition));
    const { found, why } = await askOffsets(leaders, { ...wish, partitions: left });
    for (const [partition, offset] of found) all.set(partition, offset);
    if (all.size === wish.partitions.length || signal?.aborted) return all;
    if (withinMs !== undefined && clock.monotonic() - startedAt > withinMs) throw why;
    await leaders.refresh().catch(() => undefined);
    await sleep(clock, AGAIN_MS, signal);
  }
}
