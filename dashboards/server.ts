/** The one HTTP server: limits, headers, access, the dashboard's files and routes, and what others register on it. */
import helmet from '@fastify/helmet';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { serverLimits } from '../ingest/admission/limits.ts';
import type { Store } from '../platform/store/store.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { type Clock, SteadyTime } from '../platform/units/clock.ts';
import { guard, refuse } from './access/guard.ts';
import { Identities, type Token } from './access/identity.ts';
import { inTurn } from './access/in-turn.ts';
import { lastAnswers } from './access/last-answers.ts';
import { signInRoutes } from './access/signin.ts';
import type { Live } from './live.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { type Demo, demoRoutes } from './routes/demo.ts';
import { eventTypeRoutes } from './routes/event-types.ts';
import { type ExplainRoutesOptions, explainRoutes } from './routes/explain.ts';
import { type HealthOptions, healthRoutes } from './routes/health.ts';
import { type IncidentRoutesOptions, incidentRoutes } from './routes/incidents.ts';
import { metricRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/pages.ts';
import { refusingTooMuch } from './routes/too-much.ts';
import { Explaining } from './seconds/explaining.ts';

interface DashboardOptions {
  readonly live: Live;
  /** Where the built pages are; left out: the API alone. */
  readonly webFolder?: string;
  readonly acknowledge: IncidentRoutesOptions['acknowledge'];
  /** As they are configured now: a second is explained by their limits. */
  readonly metrics: ExplainRoutesOptions['metrics'];
  readonly demo?: Demo;
  /** What is marked on charts stands there; null or left out: nothing is. */
  readonly store?: Store | null;
}

export interface ServerOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly health: Omit<HealthOptions, 'clock'>;
  /** Empty: nobody is asked who they are; then only a loopback address may be bound. */
  readonly tokens: readonly Token[] | (() => readonly Token[]);
  readonly publicUrl?: string;
  /** Left out where the role `dashboards` runs elsewhere. */
  readonly dashboard?: DashboardOptions;
  /** Routes of other roles: the gateway, the link in the mail. */
  readonly plugins: readonly FastifyPluginAsync[];
}

/** A link's token is a path of its own. */
const PATH_PART_CHARS_MAX = 600;

/** Everything is registered, nothing listens yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { clock, telemetry, tokens, publicUrl, dashboard } = options;
  const app = Fastify({ ...serverLimits, routerOptions: { maxParamLength: PATH_PART_CHARS_MAX }, forceCloseConnections: true });
  inTurn(app.server, telemetry);
  lastAnswers(app, clock);
  const time = new SteadyTime(clock);
  const identities = new Identities(tokens);
  await app.register(helmet, securityHeaders(publicUrl?.startsWith('https:') ?? false));
  guard(app, { identities, time, publicUrl });
  sayErrors(app, telemetry);
  await app.register(healthRoutes, { clock, ...options.health });
  await app.register(signInRoutes, { identities, time, publicUrl });
  if (dashboard) await registerDashboard(app, { ...dashboard, clock, telemetry });
  for (const plugin of options.plugins) await app.register(plugin);
  return app;
}

type Registered = DashboardOptions & Pick<ServerOptions, 'clock' | 'telemetry'>;

async function registerDashboard(
  app: FastifyInstance,
  { live, webFolder, acknowledge, demo, metrics, store = null, clock, telemetry }: Registered,
): Promise<void> {
  const refuseTooMuch = refusingTooMuch(clock, telemetry);
  await app.register(metricRoutes, { live, refuseTooMuch });
  const explaining = new Explaining({ clock, store, decided: (series) => live.decided(series) });
  const explain = { metrics, explain: explaining.explain.bind(explaining) };
  await app.register(explainRoutes, { live, refuseTooMuch, ...explain });
  await app.register(eventTypeRoutes, { live });
  await app.register(incidentRoutes, { live, acknowledge });
  await app.register(annotationRoutes, { store, clock, now: () => live.now() });
  if (demo) await app.register(demoRoutes, { demo });
  if (webFolder !== undefined) await app.register(pageRoutes, { folder: webFolder });
}

/** Scripts, styles and fonts are ours and come as files; nothing inline runs. */
function securityHeaders(https: boolean): object {
  const own = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        ...{ scriptSrc: own, styleSrc: own, fontSrc: own, connectSrc: own, frameSrc: own, formAction: own },
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  };
}

/** One form for every refusal; what went wrong on our side is for the log, not for whoever asked. */
function sayErrors(app: FastifyInstance, telemetry: Telemetry): void {
  app.setNotFoundHandler(async (request, reply) => refuse(reply, 404, 'not-found', `There is nothing at ${request.url.split('?')[0]}.`));
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return refuse(reply, status, (error.code ?? 'bad-request').toLowerCase(), error.message);
    telemetry.stepFailed({ step: 'server', url: request.url, id: request.id, error });
    return refuse(reply, status, 'failed', `This failed here, not at your side. The log says why under id ${request.id}.`);
  });
}
