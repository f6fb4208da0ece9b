/**
 * The whole of Plummet in one process, on clocks, an event log and a network that a test moves: apps with the real sdk, the real
 * intake, every step of one replica or two, and people with mailboxes. Deterministic by seed: an hour takes seconds.
 */

import { rehearse } from '../../app/rehearsal.ts';
import { ROLES } from '../../app/roles.ts';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import type { LogRecord } from '../../platform/eventlog/eventlog.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { decodeJournal, type JournalLine } from '../../platform/topics/incidents.ts';
import { metricOf } from '../../platform/topics/signals.ts';
import { type Topic, type Topics, topics } from '../../platform/topics/topic.ts';
import { sleep } from '../../platform/units/clock.ts';
import { ManualClock } from './clock.ts';
import { Host, type HostOptions } from './host.ts';
import { Machine } from './machine.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { PostOffice } from './post-office.ts';
import { prng } from './prng.ts';

const YAML = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:25", from: plummet@shop.example }
`;

/** The same shop where nobody searches: half as much to simulate. */
export const YAML_WITHOUT_SEARCHES = YAML.replace(/ {2}searches.*\n/, '');

const ONE: readonly HostOptions[] = [{ name: 'a', replica: 'a', roles: ROLES }];

export const TWINS: readonly HostOptions[] = [...ONE, { name: 'b', replica: 'b', roles: ROLES }];

/** Each replica's roles in processes of their own. */
export const APART: readonly HostOptions[] = (['a', 'b'] as const).flatMap((replica) => [
  { name: `${replica} ingest`, replica, roles: ['ingest'] },
  { name: `${replica} detectors`, replica, roles: ['detectors'] },
  { name: `${replica} alerting`, replica, roles: ['alerting'] },
]);

export interface WorldOptions {
  /** Of its shop: 1 = some 50 orders a second. */
  readonly size?: number;
  readonly yaml?: string;
  readonly hosts?: readonly HostOptions[];
  readonly partitions?: { readonly events: number; readonly counts: number };
  /** Offsets of `events` that are passed over after each record, at the mean: with many a short life has many blocks. */
  readonly skipped?: number;
  /** The ways to the event log and to the mail server take up to so much more, each, ms. */
  readonly logMs?: number;
  readonly mailMs?: number;
}

export class World {
  readonly clock = new ManualClock();
  readonly topics: Topics;
  readonly random: () => number;
  readonly brokers: Machine;
  readonly disk: MemoryLog;
  readonly postOffice: PostOffice;
  readonly told: { name: string; fields: Fields }[] = [];
  readonly telemetry: Telemetry = telemetryTo((name, _entry, fields) => this.told.push({ name, fields }));
  readonly config: Config;
  readonly hosts: readonly Host[];
  /** Share of the batches that something between app and gateway sends once more, up to 3 s later. */
  repeated = 0;
  readonly size: number;
  readonly logMs: number;
  readonly mailMs: number;

  constructor(seed: number, { size = 1, yaml = YAML, hosts = ONE, partitions, skipped = 0, logMs = 0, mailMs = 0 }: WorldOptions = {}) {
    this.topics = topics(partitions);
    this.size = size;
    this.logMs = logMs;
    this.mailMs = mailMs;
    this.random = prng(seed);
    this.brokers = new Machine('brokers', this.clock);
    const skips = ({ name }: Topic): number => (name === 'events' ? Math.floor(2 * skipped * this.random()) : 0);
    this.disk = memoryLog({ clock: this.brokers.spawn(), ...(skipped > 0 && { skips }) });
    this.postOffice = new PostOffice(this.clock);
    const { config, errors } = loadConfig(yaml, { file: 'world.yaml', env: {} });
    if (!config) throw new Error(errors.map(({ message }) => message).join('\n'));
    this.config = config;
    this.hosts = hosts.map((options) => new Host(this, options));
  }

  /** As if the shop had been watched all week. */
  async rehearse(): Promise<void> {
    await this.disk.append(this.topics.state, await learned(this));
  }

  start(): void {
    for (const host of this.hosts) host.start();
  }

  /** kill -9: no reader hears anything more, no append is answered. */
  kill(): void {
    for (const host of this.hosts) host.kill();
  }

  async stop(): Promise<void> {
    let left = this.hosts.length;
    for (const host of this.hosts) void host.stop().then(() => left--);
    while (left > 0) await this.clock.advance(100);
  }

  host(name: string): Host {
    return this.hosts.find((host) => host.name === name) as Host;
  }

  isUp(gateway: string): boolean {
    return this.host(gateway).process !== null;
  }

  /** @throws where nobody answers */
  async gateway(name: string, body: string): Promise<{ is: 'accepted' } | { is: 'later'; why: string }> {
    if (this.repeated > 0 && this.random() < this.repeated) void this.#again(name, body);
    const status = await this.host(name).take(body);
    return status === 202 ? { is: 'accepted' } : { is: 'later', why: String(status) };
  }

  journal(): JournalLine[] {
    return this.disk.records(this.topics.incidents, 0).map(decodeJournal);
  }

  /** Events counted, by type: whole counts added up as any reader would. */
  counted(): Map<string, number> {
    const events = new Map(this.config.metrics.map(({ name, event }) => [name, event]));
    const blocks = new Map<string, { to: number; n: number }>();
    const { counts } = this.topics;
    const records = Array.from({ length: counts.partitions }, (_, partition) => this.disk.records(counts, partition)).flat();
    for (const record of records) {
      const { partition, block, to, rows } = decodeCounts(record);
      for (const [series, second, n] of rows) {
        if (!events.has(metricOf(series))) continue;
        const key = `${metricOf(series)} ${second} ${partition} ${block}`;
        if (to >= (blocks.get(key)?.to ?? 0)) blocks.set(key, { to, n });
      }
    }
    const counted = new Map<string, number>();
    for (const [key, { n }] of blocks) {
      const type = events.get(key.split(' ')[0] as string) as string;
      counted.set(type, (counted.get(type) ?? 0) + n);
    }
    return counted;
  }

  /** Mails by what they say: `page`, `resolved`, … */
  mails(): string[] {
    return this.postOffice.arrived.map(({ message }) => message.facts.kind);
  }

  async #again(name: string, body: string): Promise<void> {
    await sleep(this.clock, 3000 * this.random());
    await this.host(name)
      .take(body)
      .catch(() => undefined);
  }
}

/** What detectors have learned in a week takes a second to work out: the same for every world of its kind. */
const weeks = new Map<string, readonly LogRecord[]>();

async function learned({ clock, config, size }: World): Promise<readonly LogRecord[]> {
  const key = JSON.stringify([clock.wall(), size, config.metrics.map(({ name, event, pageWhen }) => [name, event, pageWhen])]);
  const known = weeks.get(key);
  if (known) return known;
  const log = memoryLog({ clock });
  await rehearse({ log, topics: topics(), metrics: config.metrics, now: clock.wall(), size });
  const records = log.records(topics().state, 0).map(({ key, value }) => ({ key, value, partition: 0 }));
  weeks.set(key, records);
  return records;
}
