/** A stage for the dashboard: the real server and live step over a memory log, fed with made-up seconds. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@plummet/sdk/clock';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { acknowledge } from '../../alerting/delivery/acknowledge.ts';
import { type Plan, planOf } from '../../alerting/oncall/escalation.ts';
import type { Token } from '../../dashboards/access/identity.ts';
import { type Live, startLive } from '../../dashboards/live.ts';
import type { HelloFrame } from '../../dashboards/live-frames.ts';
import type { Demo } from '../../dashboards/routes/demo.ts';
import { createServer } from '../../dashboards/server.ts';
import type { AskedMetric } from '../../platform/store/explain-second.ts';
import type { Store } from '../../platform/store/store.ts';
import { silentTelemetry, type Telemetry } from '../../platform/telemetry/catalogue.ts';
import { Metrics } from '../../platform/telemetry/metrics.ts';
import { type CountRow, countsRecord } from '../../platform/topics/counts.ts';
import { type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import { topics as allTopics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { countOf, type MadeUp, seriesOfName, signalOf } from './made-up.ts';

export interface StageOptions {
  readonly metrics: readonly MadeUp[];
  readonly clock?: Clock;
  readonly telemetry?: Telemetry;
  readonly hello?: Partial<HelloFrame>;
  readonly plan?: Plan;
  readonly webFolder?: string;
  readonly demo?: Demo;
  readonly tokens?: readonly Token[];
  readonly publicUrl?: string;
  /** History behind what memory knows; null or left out: none. */
  readonly store?: Store | null;
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Metrics whose seconds can be explained; left out: none. */
  readonly explained?: readonly AskedMetric[];
  /** Of another stage: this one is a second server beside it. */
  readonly log?: MemoryLog;
}

export interface Stage {
  readonly app: FastifyInstance;
  readonly live: Live;
  readonly log: MemoryLog;
  readonly clock: Clock;
  /** Appends what was counted and decided of [from, to); of some metrics alone, where their detectors are others'. */
  play(from: number, to: number, only?: readonly MadeUp[]): Promise<void>;
  /** What was counted of a second that is not decided. */
  count(second: number, share?: number): Promise<void>;
  /** So many events of a metric come late, for a second that was decided. */
  late(name: string, second: number, n: number): Promise<void>;
  tell(...lines: JournalLine[]): Promise<void>;
  listen(port?: number): Promise<string>;
  /** From `from` on each second is decided as it ends. */
  follow(from: number): void;
  /** The server and its live step are gone; the event log stays. */
  goAway(): Promise<void>;
  comeBack(port: number): Promise<void>;
  close(): Promise<void>;
}

const topics = allTopics({ events: 1 });

/** A wall clock that shows `startMs` now and runs on as the real one does. */
export function clockFrom(startMs: number): Clock {
  const ahead = startMs - systemClock.wall();
  return { ...systemClock, wall: () => systemClock.wall() + ahead };
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { metrics, clock = systemClock, telemetry = silentTelemetry } = options;
  const log = options.log ?? memoryLog({ clock });
  const people = { ana: { email: 'ana@shop.example' } };
  const plan = options.plan ?? planOf(people, undefined, 'UTC');
  const hello = (): HelloFrame => ({
    version: '0.0.0',
    timezone: 'UTC',
    metrics: metrics.map(({ info }) => info),
    configErrors: [],
    warnings: [],
    onCall: ['ana'],
    demo: options.demo ? { startedAt: options.demo.startedAt } : null,
    ...options.hello,
  });
  let offset = 0;
  const counts = async (from: number, to: number, share = 1, only = metrics): Promise<void> => {
    const rows = only.flatMap((made) => {
      const of = (second: number): CountRow => {
        const n = Math.round(countOf(made, second) * share);
        return [seriesOfName(made.info.name), second, n, 0, 0];
      };
      return Array.from({ length: to - from }, (_, i) => of(from + i)).filter(([, second]) => made.state?.(second) !== 'blind');
    });
    offset += 10;
    const record = { partition: 0, block: Math.floor(offset / 1000), to: offset, progress: to * 1000 + 500, waits: [], rows };
    await log.append(topics.counts, [countsRecord(record, 0)]);
  };
  const play = async (from: number, to: number, only = metrics): Promise<void> => {
    await counts(from, to, 1, only);
    const records = Array.from({ length: to - from }, (_, i) => {
      const signals = only.map((made) => signalOf(made, from + i));
      return signalsRecord({ second: from + i, by: 'made up', at: clock.wall(), silent: [], producers: 3, signals });
    });
    await log.append(topics.signals, records);
  };
  const serve = async (): Promise<{ live: Live; app: FastifyInstance }> => {
    const live = startLive({ log, topics, clock, telemetry, hello, plan: () => plan, isSum: () => false, store: options.store ?? null });
    await live.ready;
    const app = await createServer({
      clock,
      telemetry,
      tokens: options.tokens ?? [],
      ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
      health: { metrics: new Metrics(), checks: [], newest: () => null },
      dashboard: {
        live,
        acknowledge: (id, person) => acknowledge({ log, topics, clock, by: 'stage' }, id, person, 'dashboard'),
        metrics: () => options.explained ?? [],
        store: options.store ?? null,
        ...(options.webFolder !== undefined && { webFolder: options.webFolder }),
        ...(options.demo && { demo: options.demo }),
      },
      plugins: options.plugins ?? [],
    });
    return { live, app };
  };
  let { live, app } = await serve();
  let following: ReturnType<typeof setInterval> | undefined;
  const goAway = async (): Promise<void> => {
    await live.stop();
    await app.close();
  };
  return {
    ...{ log, clock, play, goAway },
    get app() {
      return app;
    },
    get live() {
      return live;
    },
    comeBack: async (port) => {
      ({ live, app } = await serve());
      await app.listen({ host: '127.0.0.1', port });
    },
    follow: (from) => {
      let next = from;
      let busy = false;
      following = setInterval(async () => {
        if (busy) return;
        busy = true;
        // A second is decided 0.7 s after its end.
        for (const ended = Math.floor((clock.wall() - 700) / 1000); next < ended; next++) await play(next, next + 1);
        busy = false;
      }, 50);
    },
    late: async (name, second, n) => {
      offset += 1000;
      const rows: CountRow[] = [[seriesOfName(name), second, n, 0, 0]];
      const record = { partition: 0, block: Math.floor(offset / 1000), to: offset, progress: Math.floor(clock.wall()), waits: [], rows };
      await log.append(topics.counts, [countsRecord(record, 0)]);
    },
    count: (second, share) => counts(second, second + 1, share),
    tell: async (...lines) => {
      await log.append(topics.incidents, lines.map(journalRecord));
    },
    listen: async (port = 0) => {
      await app.listen({ host: '127.0.0.1', port });
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    },
    close: async () => {
      clearInterval(following);
      await goAway();
      if (!options.log) await log.close();
    },
  };
}

/** A folder that is removed when the test is over. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'plummet-web-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
