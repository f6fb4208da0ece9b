/** The event log that the configuration names: Kafka, or files in the data folder. */
import { join } from 'node:path';
import type { Config } from '../platform/config/load.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { openFileLog } from '../platform/eventlog/file/file.ts';
import { openKafkaLog } from '../platform/eventlog/kafka/kafka.ts';
import type { OnProblem } from '../platform/eventlog/problem.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { type Topics, topics as topicsOf } from '../platform/topics/topic.ts';
import type { Clock } from '../platform/units/clock.ts';

export interface EventLogChoice {
  readonly config: Pick<Config, 'fsync' | 'kafka'>;
  readonly folder: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export async function openEventLog({ config, folder, clock, telemetry }: EventLogChoice): Promise<{ log: EventLog; topics: Topics }> {
  const { kafka, fsync } = config;
  const onProblem: OnProblem = ({ kind, message }) => telemetry.logProblem({ kind, message });
  if (kafka === undefined) {
    const topics = topicsOf();
    return { log: await openFileLog({ folder: join(folder, 'log'), clock, topics: Object.values(topics), fsync, onProblem }), topics };
  }
  const topics = topicsOf(kafka.partitions);
  const onLag = (topic: string, records: number): void => telemetry.readerLag({ topic, value: records });
  const { random } = Math;
  return { log: await openKafkaLog({ kafka, clock, topics: Object.values(topics), random, onProblem, onLag }), topics };
}
