/** What of an edited YAML a running process takes over, and what it says of the rest. */
import { seriesOf } from '../detectors/counting/metric.ts';
import { waitingForStart } from '../platform/config/at-start.ts';
import type { Config } from '../platform/config/load.ts';
import { isLoopback } from '../platform/config/server.ts';

/** Where this process listens and keeps things is its own matter until it is started again. */
export function takenOver(started: Config, edited: Config): Config {
  const { server, kafka, store, fsync, atStart } = started;
  const { kafka: _, ...others } = edited;
  return {
    ...others,
    server: { ...server, tokens: safeTokens(started, edited) },
    store: store && { ...store, retention: edited.store?.retention ?? store.retention },
    fsync,
    atStart,
    ...(kafka && { kafka }),
  };
}

/** Whoever reaches an address from elsewhere is asked for a token as long as it is bound. */
function safeTokens({ server }: Config, edited: Config): Config['server']['tokens'] {
  return edited.server.tokens.length === 0 && !isLoopback(server.host) ? server.tokens : edited.server.tokens;
}

/** @param givenPort  whether the port was said in place of the YAML's */
export function notesOn(started: Config, edited: Config, givenPort: boolean): string[] {
  const port = givenPort ? { 'server.port': started.atStart['server.port'] as string } : {};
  return waitingForStart(started.atStart, { ...edited.atStart, ...port });
}

/** Series whose values are added up. */
export function sumsOf({ metrics }: Config): ReadonlySet<string> {
  return new Set(metrics.filter(({ value }) => value !== undefined).map(seriesOf));
}
