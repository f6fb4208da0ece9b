/**
 * The configuration as all processes have it: reads and writes topic `config`. Whoever's YAML was edited appends it with the second from
 * which it holds, and every process switches in that second, its own too.
 */
import { createHash } from 'node:crypto';
import { sentence } from '../platform/config/explain.ts';
import type { Config, Loaded } from '../platform/config/load.ts';
import type { CalendarTexts } from '../platform/config/planned.ts';
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { decodeYaml, type SharedYaml, yamlRecord } from '../platform/topics/config.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, SteadyTime, sleep } from '../platform/units/clock.ts';

export interface SharedConfigOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** This process. */
  readonly by: string;
  /** Text → configuration or every mistake in it; never rejects. References to secrets are resolved here, calendars came along. */
  readonly load: (text: string, calendars: CalendarTexts) => Promise<Loaded>;
  /** How long before it holds an edit is told to all. */
  readonly aheadMs?: number | undefined;
  /** Puts a configuration in force from that second (since the epoch) on. */
  readonly apply: (config: Config, from: number) => Promise<void>;
  /** Another one is in force elsewhere, and cannot be here. */
  readonly refuse: (errors: readonly string[]) => void;
}

/** The YAML of this machine. */
export interface OwnYaml {
  readonly text: string;
  readonly config: Config;
  /** When the file was written, ms since the epoch: Infinity where no other machine's can be newer. */
  readonly savedAt: number;
}

/** The event log is read to its end within this, or a start goes on with what is on this machine. */
const BEGIN_MS = 5000;
const RETRY_MS = 1000;
/** So long ahead everybody has read it. */
const AHEAD_MS = 500;
const REPLACED_MAX = 100;

export class SharedConfig {
  readonly #options: SharedConfigOptions;
  readonly #time: SteadyTime;
  readonly #stopped = new AbortController();
  #reader: Reader | undefined;
  /** The newest that was read. */
  #newest: { readonly yaml: SharedYaml; readonly appendedAt: number } | null = null;
  /** What is in force here. */
  #inForce = '';
  #begun = false;
  #offered = '';

  constructor(options: SharedConfigOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
  }

  /** @returns what this process begins with: its own YAML, or a newer one that is in force already */
  async begin(own: OwnYaml): Promise<Config> {
    const { log, topics, clock } = this.#options;
    this.#reader = log.read(topics.config, new Map(), (records) => this.#take(records));
    await atMost(
      clock,
      BEGIN_MS,
      this.#reader.caughtUp().catch(() => undefined),
    );
    this.#inForce = wholeOf(own.text, own.config.calendars);
    const config = await this.#beginning(own);
    this.#begun = true;
    return config;
  }

  /** An edit of this machine's YAML, which is known to be right. Resolves once it is in force, or somebody's newer one is. */
  async offer(text: string, calendars: CalendarTexts = {}): Promise<void> {
    const { log, topics, clock, telemetry, by } = this.#options;
    const { signal } = this.#stopped;
    const whole = wholeOf(text, calendars);
    this.#offered = whole;
    while (!signal.aborted && this.#offered === whole && this.#wholeNewest() !== whole) {
      const before = this.#newest?.yaml;
      const replaced = before ? [...before.replaced, hashOf(this.#wholeNewest() as string)].filter((hash) => hash !== hashOf(whole)) : [];
      const along = Object.keys(calendars).length > 0 ? { calendars } : {};
      const record = yamlRecord({ by, from: this.#soon(), text, ...along, replaced: replaced.slice(-REPLACED_MAX) });
      try {
        await log.append(topics.config, [record]);
        await this.#reader?.caughtUp();
        return;
      } catch (error) {
        if (signal.aborted) return;
        telemetry.appendFailed({ topic: topics.config.name, error });
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }

  /** Whether this text is in force here with these calendars, and nobody's newer one is on its way. */
  holds(text: string, calendars: CalendarTexts): boolean {
    const whole = wholeOf(text, calendars);
    return this.#inForce === whole && (this.#wholeNewest() ?? whole) === whole;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#reader?.stop();
  }

  async #beginning({ text, config, savedAt }: OwnYaml): Promise<Config> {
    const newest = this.#newest;
    const whole = wholeOf(text, config.calendars);
    if (this.#wholeNewest() === whole) return config;
    const isOld = newest?.yaml.replaced.includes(hashOf(whole)) && savedAt < newest.appendedAt;
    const shared = newest && isOld ? await this.#load(newest.yaml) : null;
    if (!newest || !shared) {
      // What this process begins with needs no switch of its own.
      void this.offer(text, config.calendars);
      return config;
    }
    this.#inForce = this.#wholeNewest() as string;
    this.#options.telemetry.configShared({ outcome: 'own file is older', by: newest.yaml.by });
    return shared;
  }

  async #take(records: readonly StoredRecord[]): Promise<void> {
    for (const record of records) {
      const yaml = decodeYaml(record);
      if (yaml === null) continue;
      if (typeof yaml === 'string') this.#refuse([`A configuration that came by the event log ${yaml}.`]);
      else {
        this.#newest = { yaml, appendedAt: record.appendedAt };
        if (this.#begun) await this.#switch(yaml);
      }
    }
  }

  /** Never rejects: the record would come again and again. */
  async #switch(yaml: SharedYaml): Promise<void> {
    const whole = wholeOf(yaml.text, yaml.calendars);
    if (whole === this.#inForce) return;
    const config = await this.#load(yaml);
    if (!config) return;
    this.#inForce = whole;
    try {
      await this.#options.apply(config, yaml.from);
      this.#options.telemetry.configShared({ outcome: 'applied', by: yaml.by, from: yaml.from });
    } catch (error) {
      this.#options.telemetry.stepFailed({ step: 'config', error });
    }
  }

  async #load({ text, calendars = {} }: SharedYaml): Promise<Config | null> {
    const { config, errors } = await this.#options.load(text, calendars);
    if (!config) this.#refuse(errors.map((error) => `${sentence(error)} ${error.hint ?? ''}`.trim()));
    return config;
  }

  #refuse(errors: readonly string[]): void {
    this.#options.telemetry.configShared({ outcome: 'refused', errors: errors.length });
    this.#options.refuse(errors);
  }

  #wholeNewest(): string | null {
    return this.#newest && wholeOf(this.#newest.yaml.text, this.#newest.yaml.calendars);
  }

  #soon(): number {
    return Math.floor((this.#time.now() + (this.#options.aheadMs ?? AHEAD_MS)) / 1000) + 1;
  }
}

/** A YAML is another one where its calendars are. Without any it is its text, as earlier versions hashed it. */
function wholeOf(text: string, calendars: CalendarTexts = {}): string {
  const along = Object.entries(calendars).sort(([a], [b]) => (a < b ? -1 : 1));
  return along.length === 0 ? text : JSON.stringify([text, along]);
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
