/** Alerting on a clock and an event log that a test moves: signals go in, the journal and the people's phones come out. */
import { type DecideStep, startDecide } from '../../alerting/decide.ts';
import { type Links, linksTo, oneSecret } from '../../alerting/delivery/links.ts';
import { startTwin } from '../../alerting/delivery/twin.ts';
import type { WatchedMetric } from '../../alerting/incident/severity.ts';
import type { People } from '../../alerting/oncall/contact.ts';
import type { Teams } from '../../alerting/oncall/escalation.ts';
import { type PageStep, startPage } from '../../alerting/page.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { decodeJournal, type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import type { Signal, SignalState, SignalsRecord } from '../../platform/topics/signals.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { ManualClock } from './clock.ts';
import { fall, fell, START_S, signal, signals } from './fall.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { FakeChannel } from './people.ts';

export const ORDERS: WatchedMetric = { name: 'orders', series: 'orders~1', kind: 'write', critical: true };
export const PAYMENTS: WatchedMetric = { name: 'payments', series: 'payments~1', kind: 'write', critical: true };
const SEARCHES: WatchedMetric = { name: 'searches', series: 'searches~1', kind: 'read', critical: false };
export const INCIDENT = 'inc-test';

export interface AlertingWorldOptions {
  readonly people?: People;
  readonly teams?: Teams;
  /** Of the event log, ms an append. */
  readonly latencyMs?: number;
}

export class AlertingWorld {
  readonly clock = new ManualClock();
  readonly topics = topics();
  readonly log: MemoryLog;
  readonly email: FakeChannel;
  readonly console: FakeChannel;
  readonly links: Links = linksTo('http://127.0.0.1:8080', oneSecret(new Uint8Array(32).fill(7)));
  readonly told: { name: string; fields: Fields }[] = [];
  readonly telemetry: Telemetry = telemetryTo((name, _entry, fields) => this.told.push({ name, fields }));
  people: People;
  teams: Teams | undefined;

  constructor({ people = { ana: { email: 'ana@shop.example' } }, teams, latencyMs = 0 }: AlertingWorldOptions = {}) {
    this.log = memoryLog({ clock: this.clock, latencyMs });
    this.email = new FakeChannel('email', this.clock);
    this.console = new FakeChannel('console', this.clock);
    this.people = people;
    this.teams = teams;
  }

  decide(metrics: readonly WatchedMetric[] = [ORDERS, PAYMENTS, SEARCHES], log: MemoryLog = this.log, by = 'a'): DecideStep {
    return startDecide({ log, topics: this.topics, clock: this.clock, telemetry: this.telemetry, by, metrics });
  }

  page(log: MemoryLog = this.log, by = 'a-1', replica: Replica = 'a', clock: Clock = this.clock): PageStep {
    const notifiers = new Map([this.email, this.console].map((channel) => [channel.channel, channel]));
    const { topics, telemetry, people, teams, links } = this;
    const twin = startTwin({ log, topics, clock, telemetry, by, replica });
    const step = startPage({ log, topics, clock, telemetry, by, twin, people, teams, notifiers, links, timezone: 'UTC' });
    return {
      retune: (reach) => step.retune(reach),
      async stop() {
        await step.stop();
        await twin.stop();
      },
    };
  }

  /** Epoch seconds, whole. */
  get second(): number {
    return Math.floor(this.clock.wall() / 1000);
  }

  /** The detectors' word about some metrics, one second after another as the clock goes. */
  async watch(seconds: number, states: Readonly<Record<string, SignalState>>, more: Partial<SignalsRecord> = {}): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      await this.tell(this.second, states, more);
      await this.clock.advance(1000);
    }
  }

  async tell(second: number, states: Readonly<Record<string, SignalState>>, more: Partial<SignalsRecord> = {}): Promise<void> {
    const findings = Object.entries(states).map(([metric, state]): Signal => {
      if (state !== 'dropped' && state !== 'recovering') this.#fellAt.delete(metric);
      if (state === 'dropped' && !this.#fellAt.has(metric)) this.#fellAt.set(metric, second);
      const at = this.#fellAt.get(metric);
      return signal(metric, state, at === undefined ? {} : { fall: fall(at, { missing: 73 * (second - at + 4) }) });
    });
    await this.log.append(this.topics.signals, [signalsRecord(signals(second, findings, more))]);
    await this.clock.advance(0);
  }

  readonly #fellAt = new Map<string, number>();

  async write(...lines: JournalLine[]): Promise<void> {
    await this.finish(this.log.append(this.topics.incidents, lines.map(journalRecord)));
  }

  /** Lets as much time pass as something needs to come to its end, in small steps. */
  async finish<T>(something: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    something.then(end, end);
    await this.clock.advance(0);
    while (!ended) await this.clock.advance(1);
    return something;
  }

  /** What opens an incident, as `decide` would write it now. */
  opened(more: Partial<Extract<JournalLine, { kind: 'opened' }>> = {}): JournalLine {
    const at = this.clock.wall();
    return { kind: 'opened', incident: INCIDENT, at, by: 'a', severity: 1, second: START_S, fell: fell('orders', this.second), ...more };
  }

  acknowledged(person = 'ana'): JournalLine {
    return { kind: 'acknowledged', incident: INCIDENT, at: this.clock.wall(), by: 'a', person, via: 'link' };
  }

  resolved(): JournalLine {
    return { kind: 'resolved', incident: INCIDENT, at: this.clock.wall(), by: 'a', reason: 'orders recovered', missing: 400 };
  }

  get journal(): JournalLine[] {
    return this.log.records(this.topics.incidents, 0).map(decodeJournal).filter(Boolean);
  }

  /** `opened`, `intended ana page-0 email 1`, … */
  get lines(): string[] {
    return this.journal.map((line) => {
      if (line.kind !== 'intended' && line.kind !== 'sent' && line.kind !== 'failed') return line.kind;
      return `${line.kind} ${line.person} ${line.message}-${line.step} ${line.way} ${line.try}`;
    });
  }
}
