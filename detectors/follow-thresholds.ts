/** Reads topic config: what was learned of thresholds, the newest of each series first and then whatever comes. */
import type { EventLog, Reader } from '../platform/eventlog/eventlog.ts';
import { decodeThreshold, type LearnedThreshold } from '../platform/topics/thresholds.ts';
import type { Topic } from '../platform/topics/topic.ts';

/** Resolves when all that was told before is taken: seconds are decided on by what held then. */
export async function followThresholds(log: EventLog, topic: Topic, take: (learned: LearnedThreshold) => void): Promise<Reader> {
  const reader = log.read(topic, new Map(), (records) => {
    for (const record of records) {
      const learned = decodeThreshold(record);
      if (learned) take(learned);
    }
  });
  try {
    await reader.caughtUp();
    return reader;
  } catch (error) {
    await reader.stop();
    throw error;
  }
}
