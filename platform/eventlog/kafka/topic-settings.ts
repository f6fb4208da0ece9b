/** What Plummet asks of its topics: the settings it creates them with, and what is wrong with those that are there. Pure. */
import type { Topic } from '../../topics/topic.ts';

/** The largest record with its key and headers, as in the event log of files. */
export const RECORD_BYTES_MAX = 8 * 1024 * 1024;
/** A record may pack badly, and a batch has a head. */
const BATCH_BYTES_MAX = RECORD_BYTES_MAX + 64 * 1024;
const MINUTE_MS = 60_000;
/** Old records go a segment at a time, so segments are a share of what is kept. */
const SEGMENTS_KEPT = 8;
const COMPACTED_SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENT_BYTES = 256 * 1024 * 1024;

export type TopicSettings = Readonly<Record<string, string>>;

/** Of a new topic. @param replicas  its copies */
export function settingsOf({ keeps }: Topic, replicas: number): TopicSettings {
  const common = {
    'message.timestamp.type': 'LogAppendTime',
    'min.insync.replicas': String(replicas >= 3 ? 2 : 1),
    'max.message.bytes': String(BATCH_BYTES_MAX),
    'retention.bytes': '-1',
  };
  if (keeps === 'compacted') {
    return {
      ...common,
      'cleanup.policy': 'compact',
      'segment.ms': String(10 * MINUTE_MS),
      'segment.bytes': String(COMPACTED_SEGMENT_BYTES),
      'min.cleanable.dirty.ratio': '0.1',
    };
  }
  const kept = { ...common, 'cleanup.policy': 'delete', 'segment.bytes': String(SEGMENT_BYTES) };
  if (keeps === 'forever') return { ...kept, 'retention.ms': '-1' };
  return { ...kept, 'retention.ms': String(keeps), 'segment.ms': String(Math.max(10 * MINUTE_MS, Math.round(keeps / SEGMENTS_KEPT))) };
}

export interface FoundTopic {
  /** Full name. */
  readonly name: string;
  readonly partitions: number;
  readonly replicas: number;
  /** Those that were told. */
  readonly settings: TopicSettings;
}

export interface Finding {
  /** Plummet would count or page wrongly: it does not start. Else it works, and worse than it could. */
  readonly refused: boolean;
  /** What is wrong, and what to do where no command does it. */
  readonly why: string;
  /** The command that mends it; undefined where none does. */
  readonly mend?: string | undefined;
}

/** In one sentence. */
export function sayFinding({ why, mend }: Finding): string {
  return mend === undefined ? why : `${why} Mend it with: ${mend}`;
}

/** @param bootstrap  `host:port`, for the commands that mend */
export function findingsOf(topic: Topic, found: FoundTopic, bootstrap: string): Finding[] {
  const { name, settings } = found;
  const findings: Finding[] = [];
  const set = (what: string): string => `kafka-configs.sh --bootstrap-server ${bootstrap} --alter --topic ${name} --add-config ${what}`;
  const refuse = (why: string, mend?: string): void => void findings.push({ refused: true, why, mend });
  if (found.partitions !== topic.partitions) refuse(wrongPartitions(topic, found));
  const stamped = settings['message.timestamp.type'];
  if (stamped !== undefined && stamped !== 'LogAppendTime') {
    const why = `Topic ${name} stamps records with ${stamped}, the clocks of whoever writes; Plummet needs the brokers' LogAppendTime.`;
    refuse(why, set('message.timestamp.type=LogAppendTime'));
  }
  const policy = settings['cleanup.policy'];
  const wanted = topic.keeps === 'compacted' ? 'compact' : 'delete';
  if (policy !== undefined && policy !== wanted) refuse(wrongPolicy(name, policy, wanted), set(`cleanup.policy=${wanted}`));
  return [...findings, ...ofRetention(topic, found, set), ...ofReplicas(found, set), ...ofSize(found, set)];
}

type SetCommand = (what: string) => string;

function wrongPartitions(topic: Topic, { name, partitions }: FoundTopic): string {
  const why = `Topic ${name} has ${partitions} partition${partitions === 1 ? '' : 's'}, but ${topic.partitions} are set`;
  if (topic.name === 'events' || topic.name === 'counts') {
    return `${why}. Write \`eventlog: { kafka: { partitions: { ${topic.name}: ${partitions} } } }\`, or take another \`topic_prefix\`.`;
  }
  return `${why}: Plummet needs one order for all of it. Take another \`topic_prefix\`, or delete the topic, and Plummet creates its own.`;
}

function wrongPolicy(name: string, policy: string, wanted: string): string {
  if (wanted === 'delete') return `Topic ${name} is compacted (${policy}): records that share a key would vanish before they are counted.`;
  return `Topic ${name} deletes by age (${policy}): the newest record of a key would vanish with the rest.`;
}

function ofRetention({ keeps }: Topic, { name, settings }: FoundTopic, set: SetCommand): Finding[] {
  const retention = Number(settings['retention.ms'] ?? Number.NaN);
  if (keeps === 'forever' && retention >= 0) {
    const why = `Topic ${name} forgets after ${Math.round(retention / MINUTE_MS / 60)} h, but it is Plummet's journal and kept for ever.`;
    return [{ refused: true, why, mend: set('retention.ms=-1') }];
  }
  if (typeof keeps !== 'number' || !(retention >= 0 && retention < keeps)) return [];
  const why = `Topic ${name} keeps ${hours(retention)}, less than the ${hours(keeps)} that Plummet can use after an outage.`;
  return [{ refused: false, why, mend: set(`retention.ms=${keeps}`) }];
}

function ofReplicas({ name, replicas, settings }: FoundTopic, set: SetCommand): Finding[] {
  const least = Number(settings['min.insync.replicas'] ?? Number.NaN);
  if (least > replicas || (least === replicas && replicas > 1)) {
    const why = `Topic ${name} has ${replicas} copies and takes nothing unless ${least} are in sync: any one broker away stops it.`;
    return [{ refused: false, why, mend: set(`min.insync.replicas=${Math.max(1, replicas - 1)}`) }];
  }
  if (replicas >= 3 && least === 1) {
    const why = `Topic ${name} says yes with one copy in sync: a broker that dies can take acknowledged events with it.`;
    return [{ refused: false, why, mend: set('min.insync.replicas=2') }];
  }
  return [];
}

function ofSize({ name, settings }: FoundTopic, set: SetCommand): Finding[] {
  const bytes = Number(settings['max.message.bytes'] ?? Number.NaN);
  if (!(bytes < BATCH_BYTES_MAX)) return [];
  const why = `Topic ${name} takes records up to ${bytes} bytes; Plummet's may have ${RECORD_BYTES_MAX}, and larger ones would be refused.`;
  return [{ refused: false, why, mend: set(`max.message.bytes=${BATCH_BYTES_MAX}`) }];
}

function hours(ms: number): string {
  return `${Math.round((ms / MINUTE_MS / 60) * 10) / 10} h`;
}

/** What a person with the rights runs where Plummet has none. */
export function creationCommand(topic: Topic, name: string, replicas: number, bootstrap: string): string {
  const settings = Object.entries(settingsOf(topic, replicas)).map(([key, value]) => `--config ${key}=${value}`);
  const base = `kafka-topics.sh --bootstrap-server ${bootstrap} --create --topic ${name}`;
  return `${base} --partitions ${topic.partitions} --replication-factor ${replicas} ${settings.join(' ')}`;
}
