/** Do the brokers take what is appended, now? Asks them, and says in words which part does not answer. */
import { type Clock, sleep } from '../../units/clock.ts';
import type { Health } from '../eventlog.ts';
import type { Leaders } from './leaders.ts';
import { AT_END, askOffsets } from './offsets.ts';
import { sentenceOf } from './sentence.ts';
import type { FoundTopic } from './topic-settings.ts';

const ANSWER_MS_MAX = 2_000;

export interface BrokersHealthOptions {
  readonly leaders: Leaders;
  readonly clock: Clock;
  /** By full name, as they were found at the start. */
  readonly topics: ReadonlyMap<string, FoundTopic>;
  /** Why appends do not get through now; empty while they do. */
  readonly trouble: () => string;
}

export class BrokersHealth {
  readonly #options: BrokersHealthOptions;
  #asking: Promise<Health> | undefined;

  constructor(options: BrokersHealthOptions) {
    this.#options = options;
  }

  /** Calls at the same time share one answer. */
  async check(): Promise<Health> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    const answered = new AbortController();
    const silent = sleep(this.#options.clock, ANSWER_MS_MAX, answered.signal).then<Health>(() => {
      return {
        ok: false,
        reason: `The brokers have not answered for ${ANSWER_MS_MAX / 1000} s. Look at them, and at the network between.`,
      };
    });
    try {
      return await Promise.race([this.#asking, silent]);
    } finally {
      answered.abort();
    }
  }

  /** A topic some of whose partitions work is well enough: the others are named all the same. */
  async #ask(): Promise<Health> {
    const { leaders, topics, trouble } = this.#options;
    try {
      await leaders.refresh();
    } catch (error) {
      return { ok: false, reason: sentenceOf(error) };
    }
    const failing = trouble();
    const unusable: string[] = [];
    let ok = true;
    for (const [name, found] of topics) {
      const partitions = Array.from({ length: found.partitions }, (_, partition) => partition);
      const why = partitions.flatMap((partition) => this.#unusable(name, partition, found) ?? []);
      unusable.push(...why);
      if (why.length === partitions.length) ok = false;
      const { found: answered, why: silence } = await askOffsets(leaders, { topic: name, partitions, time: AT_END });
      if (answered.size === 0) return { ok: false, reason: [...why, sentenceOf(silence)].slice(0, 1).join('') };
    }
    if (failing) return { ok: false, reason: `Appends do not get through. ${failing}` };
    const more = unusable.length > 1 ? ` So do ${unusable.length - 1} more partitions.` : '';
    return { ok, reason: unusable.length === 0 ? '' : `${unusable[0]}${more}` };
  }

  #unusable(topic: string, partition: number, { settings }: FoundTopic): string | undefined {
    const { view } = this.#options.leaders;
    const place = view.topics.get(topic)?.[partition];
    if (place === undefined) return `${topic}/${partition} is not there (any more). Was the topic deleted?`;
    if (!view.brokers.has(place.leader)) return `${topic}/${partition} waits for a leader. Start broker ${place.replicas.join(' or ')}.`;
    const least = Number(settings['min.insync.replicas'] ?? 1);
    if (place.inSync.length >= least) return undefined;
    const away = place.replicas.filter((node) => !place.inSync.includes(node));
    return `${topic}/${partition} waits for ${least} copies in sync and has ${place.inSync.length}. Start broker ${away.join(' or ')}.`;
  }
}
