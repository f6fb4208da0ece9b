/** What the one HTTP port of a process offers, for its roles: gateway, acknowledgement, dashboard, health. */
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import { acknowledge } from '../alerting/delivery/acknowledge.ts';
import { type LinkSecrets, linksTo } from '../alerting/delivery/links.ts';
import type { Live } from '../dashboards/live.ts';
import { acknowledgeRoutes } from '../dashboards/routes/acknowledge.ts';
import { schemaRoutes } from '../dashboards/routes/schema.ts';
import type { ServerOptions } from '../dashboards/server.ts';
import { gateway, type Intake } from '../ingest/gateway.ts';
import type { Config } from '../platform/config/load.ts';
import type { EventLog, Health } from '../platform/eventlog/eventlog.ts';
import type { Store } from '../platform/store/store.ts';
import type { Topics } from '../platform/topics/topic.ts';
import type { AppOptions } from './app.ts';
import { packageFolder } from './version.ts';

export interface Serving extends Pick<AppOptions, 'clock' | 'telemetry' | 'metrics' | 'demo'> {
  readonly log: EventLog;
  readonly topics: Topics;
  /** Name of this process in what it writes. */
  readonly by: string;
  /** In force now. */
  readonly config: () => Config;
  readonly secrets: LinkSecrets;
  /** Where this process takes events. */
  readonly intake: Intake | undefined;
  /** Where it shows anything. */
  readonly live: Live | undefined;
  /** Null where no history is kept. */
  readonly store: Store | null;
  readonly isDraining: () => boolean;
}

export function serverOptions(serving: Serving): ServerOptions {
  const { log, topics, by, clock, telemetry, config, secrets, intake } = serving;
  const { publicUrl } = config().server;
  const journal = { log, topics, clock, by };
  const links = { links: linksTo('', secrets), timezone: () => config().timezone, publicUrl };
  const acknowledging: FastifyPluginAsync = async (app) =>
    void (await app.register(acknowledgeRoutes, { ...journal, ...links, telemetry }));
  return {
    clock,
    telemetry,
    tokens: () => config().server.tokens,
    ...(publicUrl !== undefined && { publicUrl }),
    health: healthOf(serving),
    ...dashboardOf(serving),
    plugins: [schemaRoutes, ...(intake ? [gateway(intake)] : []), acknowledging],
  };
}

function healthOf({ metrics, log, store, live, intake, isDraining }: Serving): ServerOptions['health'] {
  const running = (): Health => ({ ok: !isDraining(), reason: 'this process is being stopped' });
  return {
    metrics,
    checks: [
      { name: intake ? 'taking events' : 'running', needed: true, check: running },
      { name: 'event log', needed: true, check: () => log.check() },
      ...(store ? [{ name: 'history', needed: false, check: () => store.check() }] : []),
    ],
    ...(live && { newest: () => live.newest() }),
  };
}

function dashboardOf({ live, store, demo, log, topics, clock, by, config }: Serving): Pick<ServerOptions, 'dashboard'> {
  if (!live) return {};
  return {
    dashboard: {
      live,
      webFolder: join(packageFolder, 'dashboards/web/dist'),
      acknowledge: (incident, person) => acknowledge({ log, topics, clock, by }, incident, person, 'dashboard'),
      metrics: () => config().metrics,
      store,
      ...(demo && { demo }),
    },
  };
}
