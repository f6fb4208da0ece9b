/** One process of Plummet: its data folder, its one HTTP port, its pipeline; start, a new configuration, drain, stop. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkSecrets } from '../alerting/delivery/links.ts';
import { notifiers } from '../alerting/notify/registry.ts';
import { planOf } from '../alerting/oncall/escalation.ts';
import { type Live, startLive } from '../dashboards/live.ts';
import type { MetricNow } from '../dashboards/live-frames.ts';
import type { Demo } from '../dashboards/routes/demo.ts';
import { createServer } from '../dashboards/server.ts';
import type { Slice } from '../detectors/counting/slices.ts';
import { createIntake, type Intake } from '../ingest/gateway.ts';
import { rasterizeFall, warmRaster } from '../platform/charts/png.ts';
import type { Config, Loaded } from '../platform/config/load.ts';
import type { CalendarTexts } from '../platform/config/planned.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { openStore, type Store } from '../platform/store/store.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Metrics } from '../platform/telemetry/metrics.ts';
import type { Replica } from '../platform/topics/config.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime } from '../platform/units/clock.ts';
import { clockName } from './clock-name.ts';
import { openEventLog } from './event-log.ts';
import { helloFrame } from './hello.ts';
import { startHistory } from './history.ts';
import { openLinkSecrets } from './link-secrets.ts';
import { listen } from './listen.ts';
import { watchLoop } from './ops.ts';
import { historyFrom, pastFrom } from './past.ts';
import { startPipeline } from './pipeline.ts';
import { notesOn, sumsOf, takenOver } from './reload.ts';
import type { Role } from './roles.ts';
import { type Serving, serverOptions } from './serving.ts';
import { type OwnYaml, SharedConfig } from './shared-config.ts';

export interface AppOptions {
  readonly config: Config;
  /** Where it is from; left out: it concerns this process alone. `load` reads what other processes share. */
  readonly yaml?: (Omit<OwnYaml, 'config'> & { readonly load: (text: string, calendars: CalendarTexts) => Promise<Loaded> }) | undefined;
  /** The data folder; with an event log in files, one Plummet at a time has it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly roles: readonly Role[];
  readonly replica: Replica;
  /** Of what detectors do; left out: all of it. */
  readonly slice?: Slice | undefined;
  /** In place of the configuration's. 0 takes a free one. */
  readonly port?: number | undefined;
  readonly demo?: Demo | undefined;
  /** One line for whoever watches this process. */
  readonly write: (line: string) => void;
  /** Stands in for the event log that was opened: everything here appends to it and reads from it. */
  readonly around?: ((log: EventLog, topics: Topics) => EventLog) | undefined;
  /** Called with the open event log before any step reads it. */
  readonly prepare?: ((log: EventLog, topics: Topics) => Promise<void>) | undefined;
  /** Called when events are taken, before anything decides on their absence. */
  readonly listening?: ((url: string) => void) | undefined;
  /** Called once all of it runs, where history is kept: its own work, which nothing waits for and which never rejects. */
  readonly beside?: ((store: Store, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface Plummet {
  readonly url: string;
  /** As they are now; none where this process shows nothing. */
  metrics(): readonly MetricNow[];
  /** An edited YAML, right and read: it is shared, and in force everywhere within two seconds. */
  reload(config: Config, text: string): Promise<void>;
  /** An edited YAML that was refused: shown, and nothing else changes. */
  refuse(errors: readonly string[]): void;
  /** Not ready first, then everything in the order of an event's way. */
  stop(): Promise<void>;
}

/**
 * @throws EventLogError `held` where another process has the folder; over Kafka `unreachable`, `refused`, or `topic` where one does not do
 * @throws the system's error where the address cannot be bound
 */
export async function startPlummet(options: AppOptions): Promise<Plummet> {
  await mkdir(options.folder, { recursive: true });
  const { log: opened, topics } = await openEventLog(options);
  const log = options.around?.(opened, topics) ?? opened;
  const running = new Running(options, log, topics);
  try {
    await options.prepare?.(log, topics);
    await running.start();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

class Running implements Plummet {
  url = '';
  readonly #options: AppOptions;
  readonly #log: EventLog;
  readonly #topics: Topics;
  readonly #by: string;
  readonly #time: SteadyTime;
  #config: Config;
  /** Series whose values are added up. */
  #sums: ReadonlySet<string>;
  #configErrors: readonly string[] = [];
  /** Of the YAML in force: what of it waits for a start. */
  #notes: readonly string[] = [];
  #draining = false;
  /** What is to be stopped, the last started last. */
  readonly #parts: { stop(): Promise<void> }[] = [];
  #retune: (config: Config, from: number) => Promise<void> = async () => undefined;
  #shared: SharedConfig | undefined;
  #live: Live | undefined;
  #intake: Intake | undefined;
  /** Null where no history is kept. Whoever asks it may wait for long: nothing that pages does. */
  #store: Store | null = null;

  constructor(options: AppOptions, log: EventLog, topics: Topics) {
    this.#options = options;
    this.#log = log;
    this.#topics = topics;
    this.#config = options.config;
    this.#sums = sumsOf(options.config);
    this.#time = new SteadyTime(options.clock);
    this.#by = `${options.replica}-${randomBytes(4).toString('hex')}`;
  }

  async start(): Promise<void> {
    const { clock, telemetry, roles, folder, write } = this.#options;
    const common = { log: this.#log, topics: this.#topics, clock, telemetry };
    await this.#share();
    this.#openStore();
    const secrets = await this.#openLinks();
    const stopLooking = watchLoop(clock, telemetry);
    this.#parts.push({ stop: async () => stopLooking() });
    if (roles.includes('dashboards')) {
      this.#live = startLive({
        ...common,
        hello: () => this.#hello(),
        isSum: (series) => this.#sums.has(series),
        plan: () => this.#plan(),
        store: this.#store,
      });
      this.#parts.push(this.#live);
    }
    const server = await createServer(serverOptions(this.#serving(secrets)));
    this.#parts.unshift({ stop: async () => void (await server.close()) });
    this.url = await listen(server, this.#config.server.host, this.#options.port ?? this.#config.server.port);
    this.#options.listening?.(this.url);
    const pipeline = startPipeline({
      ...common,
      by: this.#by,
      clockName: clockName(),
      replica: this.#options.replica,
      slice: this.#options.slice,
      roles,
      config: this.#config,
      secrets,
      publicUrl: this.#config.server.publicUrl ?? this.url,
      notifiers: ({ mail, security }) => notifiers({ mail, security, write, now: () => this.#time.now() }),
      pictures: { warm: () => warmRaster(clock), draw: (scene) => rasterizeFall(scene, clock) },
      past: this.#store ? pastFrom({ ...common, store: this.#store }) : undefined,
      history: this.#store ? historyFrom(this.#store) : undefined,
    });
    const history = this.#store && startHistory({ ...common, by: this.#by, roles, store: this.#store, folder });
    this.#retune = (config, from) => pipeline.retune(config, from);
    this.#parts.splice(1, 0, pipeline, ...(history ? [history] : []));
    await this.#live?.ready;
    this.#goBeside();
  }

  metrics(): readonly MetricNow[] {
    return this.#live?.metrics() ?? [];
  }

  async reload(config: Config, text: string): Promise<void> {
    // The same text again: what its references give may be new.
    if (!this.#shared || this.#shared.holds(text, config.calendars)) await this.#apply(config, 0);
    else await this.#shared.offer(text, config.calendars);
    // Where it is what was in force already, all that changes is that nothing is wrong with it any more.
    this.refuse([]);
  }

  refuse(errors: readonly string[]): void {
    this.#configErrors = errors;
    this.#live?.configurationChanged();
  }

  async stop(): Promise<void> {
    this.#draining = true;
    await this.#shared?.stop();
    for (const part of this.#parts.splice(0)) await part.stop();
    await this.#store?.close();
    await this.#log.close();
  }

  /** What other processes have in force already holds here, too. */
  async #share(): Promise<void> {
    const { clock, telemetry, yaml, config } = this.#options;
    if (!yaml) return;
    this.#shared = new SharedConfig({
      ...{ log: this.#log, topics: this.#topics, clock, telemetry, by: this.#by, load: yaml.load },
      aheadMs: config.kafka ? undefined : AHEAD_ALONE_MS,
      apply: (shared, from) => this.#apply(shared, from),
      refuse: (errors) => this.refuse(errors),
    });
    this.#take(await this.#shared.begin({ ...yaml, config }));
  }

  #openStore(): void {
    const { clock, telemetry, folder, write } = this.#options;
    const { store } = this.#config;
    if (store) this.#store = openStore({ ...store, clock, telemetry, folder: join(folder, 'store'), write });
  }

  #goBeside(): void {
    const { beside } = this.#options;
    if (!beside || !this.#store) return;
    const stopping = new AbortController();
    void beside(this.#store, stopping.signal);
    this.#parts.push({ stop: async () => stopping.abort() });
  }

  async #openLinks(): Promise<LinkSecrets> {
    const { clock, telemetry, folder, config } = this.#options;
    const shared = config.kafka && { log: this.#log, topics: this.#topics, clock, telemetry };
    const secrets = await openLinkSecrets(folder, shared);
    this.#parts.push(secrets);
    return secrets;
  }

  /** @param from  the second from which it holds, since the epoch */
  async #apply(config: Config, from: number): Promise<void> {
    this.#take(config);
    this.#say(notesOn(this.#options.config, config, this.#options.port !== undefined));
    this.#configErrors = [];
    await this.#retune(this.#config, from);
    if (this.#config.store) this.#store?.retain(this.#config.store.retention);
    this.#live?.configurationChanged();
  }

  /** Where this process listens and keeps things is its own matter. */
  #take(shared: Config): void {
    this.#config = takenOver(this.#options.config, shared);
    this.#sums = sumsOf(shared);
    this.#intake?.admitOnly(shared.keys);
  }

  /** What is not in force is told once in a line, and on the wall as long as it holds. */
  #say(notes: readonly string[]): void {
    for (const note of notes) if (!this.#notes.includes(note)) this.#options.write(note);
    this.#notes = notes;
  }

  #plan() {
    return planOf(this.#config.people, this.#config.teams, this.#config.timezone);
  }

  #hello() {
    const demo = this.#options.demo ? { startedAt: this.#options.demo.startedAt } : null;
    return helloFrame({
      config: this.#config,
      plan: this.#plan(),
      configErrors: this.#configErrors,
      warnings: this.#notes,
      demo,
      now: this.#time.now(),
    });
  }

  #serving(secrets: LinkSecrets): Serving {
    const { clock, telemetry, metrics, demo, roles } = this.#options;
    const common = { log: this.#log, topics: this.#topics, by: this.#by, clock, telemetry };
    if (roles.includes('ingest')) this.#intake = createIntake({ ...common, clockName: clockName(), keys: this.#config.keys });
    return {
      ...common,
      metrics,
      demo,
      secrets,
      config: () => this.#config,
      intake: this.#intake,
      live: this.#live,
      store: this.#store,
      isDraining: () => this.#draining,
    };
  }
}

/** So long before it holds a YAML is told where one process has the event log: long enough to read it back. */
const AHEAD_ALONE_MS = 100;
