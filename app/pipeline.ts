/** The steps between the gateway and the page, for the roles of one process: started in order, retuned together, drained in order. */
import { startDecide } from '../alerting/decide.ts';
import { linksTo } from '../alerting/delivery/links.ts';
import { startTwin } from '../alerting/delivery/twin.ts';
import type { Notifiers } from '../alerting/notify/registry.ts';
import { startPage } from '../alerting/page.ts';
import { startCount } from '../detectors/count.ts';
import { seriesOf } from '../detectors/counting/metric.ts';
import { startDetect } from '../detectors/detect.ts';
import { startTicks } from '../detectors/tick.ts';
import type { Config } from '../platform/config/load.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Replica } from '../platform/topics/config.ts';
import type { Topics } from '../platform/topics/topic.ts';
import type { Clock } from '../platform/units/clock.ts';
import type { Role } from './roles.ts';

export interface PipelineOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in what it writes. */
  readonly by: string;
  /** As it was started. */
  readonly replica: Replica;
  readonly roles: readonly Role[];
  readonly config: Config;
  /** Signs the links of pages. */
  readonly secret: Uint8Array;
  /** Links begin with it. */
  readonly publicUrl: string;
  /** Ways to reach people under a configuration. */
  readonly notifiers: (config: Config) => Notifiers;
}

export interface Pipeline {
  /** A new configuration, without losing a window. */
  retune(config: Config): Promise<void>;
  /** In the order of an event's way, so that what was taken is carried on as far as it can be. */
  stop(): Promise<void>;
}

interface Part {
  retune(config: Config): Promise<void> | void;
  stop(): Promise<void>;
}

export function startPipeline(options: PipelineOptions): Pipeline {
  const parts: Part[] = [];
  if (options.roles.includes('detectors')) parts.push(ticks(options), counting(options), detecting(options));
  if (options.roles.includes('alerting')) parts.push(deciding(options), paging(options));
  return {
    async retune(config) {
      for (const part of parts) await part.retune(config);
    },
    async stop() {
      for (const part of parts) await part.stop();
    },
  };
}

function ticks({ log, topics, clock, telemetry, by }: PipelineOptions): Part {
  const step = startTicks({ log, topics, clock, telemetry, writer: by });
  return { retune: () => undefined, stop: () => step.stop() };
}

/** Other series are counted by starting again at a checkpoint: whole counts make that harmless. */
function counting({ log, topics, clock, telemetry, by, config }: PipelineOptions): Part {
  const start = ({ metrics, clockSkewMsMax }: Config) => startCount({ log, topics, clock, telemetry, metrics, clockSkewMsMax, writer: by });
  const counted = ({ metrics }: Config): string => metrics.map(seriesOf).sort().join('\n');
  let step = start(config);
  let series = counted(config);
  return {
    async retune(next) {
      step.retune(next);
      if (counted(next) === series) return;
      series = counted(next);
      await step.stop();
      step = start(next);
    },
    stop: () => step.stop(),
  };
}

function detecting({ log, topics, clock, telemetry, by, config }: PipelineOptions): Part {
  const starting = startDetect({ log, topics, clock, telemetry, by, metrics: config.metrics });
  return {
    retune: async ({ metrics }) => (await starting).retune(metrics),
    stop: async () => (await starting).stop(),
  };
}

function deciding({ log, topics, clock, telemetry, by, config }: PipelineOptions): Part {
  const watched = ({ metrics }: Config) =>
    metrics.map((metric) => {
      const { name, kind, critical, steepLimit } = metric;
      return { name, series: seriesOf(metric), kind, critical, steepLimit };
    });
  const step = startDecide({ log, topics, clock, telemetry, by, metrics: watched(config) });
  return { retune: (next) => step.retune({ metrics: watched(next) }), stop: () => step.stop() };
}

function paging(options: PipelineOptions): Part {
  const { log, topics, clock, telemetry, by, replica, config, secret, publicUrl, notifiers } = options;
  const links = linksTo(publicUrl, secret);
  const twin = startTwin({ log, topics, clock, telemetry, by, replica });
  const reach = (next: Config) => ({
    people: next.people,
    teams: next.teams,
    notifiers: notifiers(next),
    links,
    timezone: next.timezone,
  });
  const step = startPage({ log, topics, clock, telemetry, by, twin, ...reach(config) });
  return {
    retune: (next) => step.retune(reach(next)),
    async stop() {
      await step.stop();
      await twin.stop();
    },
  };
}
