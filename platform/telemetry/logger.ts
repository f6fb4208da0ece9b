/** Where log lines go: JSON lines by pino; a storm of equal lines becomes one with a count. */
import pino from 'pino';
import type { Clock } from '../units/clock.ts';
import { type Fields, type Telemetry, telemetryTo } from './catalogue.ts';
import type { Metrics } from './metrics.ts';

const REPEAT_MS = 10_000;
/** Distinct lines remembered for the count of repeats. */
const REMEMBERED_LINES_MAX = 1000;

export interface LogOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly level: string;
  /** A file descriptor: 1 stdout, 2 stderr. */
  readonly to?: number;
}

/** Log lines and metrics of one process. */
export function telemetry({ clock, metrics, level, to = 2 }: LogOptions): Telemetry {
  const redact = ['*.password', '*.secret', '*.token', '*.key'];
  const log = pino({ level, base: null, redact }, pino.destination({ dest: to, sync: true }));
  const remembered = new Map<string, { at: number; leftOut: number }>();
  return telemetryTo((name, entry, fields) => {
    metrics.take(entry, fields);
    if (!entry.log) return;
    const key = `${name} ${(entry.labels ?? []).map((label) => String(fields[label])).join(' ')}`;
    const known = remembered.get(key);
    const now = clock.monotonic();
    if (known && now - known.at < REPEAT_MS) {
      known.leftOut++;
      return;
    }
    if (remembered.size >= REMEMBERED_LINES_MAX) remembered.clear();
    remembered.set(key, { at: now, leftOut: 0 });
    log[entry.log.level](printable(fields, known?.leftOut ?? 0), entry.log.message);
  });
}

function printable(fields: Fields, leftOut: number): object {
  const { value, error, ...rest } = fields;
  return {
    ...rest,
    ...(value !== undefined && { value }),
    ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
    ...(leftOut > 0 && { leftOut }),
  };
}
