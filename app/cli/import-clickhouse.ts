/** Any ClickHouse server as a source: the answer of a query, as CSV, read as it comes by the reader of files. */
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { CsvReader, type Rows } from '../../detectors/backtest/csv.ts';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { UserError } from './output.ts';
import type { Login } from './secret-flag.ts';

/** A server that says nothing for so long has failed: a large GROUP BY is silent for minutes. */
const SILENCE_MS_MAX = 300_000;
/** The end of an answer: where a server fails in the middle of one, its words stand there. */
const TAIL_BYTES = 16_384;
const SAID_LENGTH_MAX = 500;
const PASSWORD_CODES = new Set(['192', '193', '194', '516']);
/** READONLY: this user may not say how times are written. */
const READONLY_CODE = '164';

export const QUERY_HINT =
  'The query gives two columns, second and count, in ascending order: ' +
  'SELECT toStartOfSecond(time) AS second, count() FROM orders GROUP BY second ORDER BY second';

export interface ClickHouseSource {
  readonly url: URL;
  readonly login: Login | null;
  readonly query: string;
}

export function nameOf({ url }: Pick<ClickHouseSource, 'url'>): string {
  return `ClickHouse at ${url.origin}`;
}

/**
 * @param heard  is told the bytes of each chunk
 * @returns what was handled and should be said
 * @throws CsvProblem where the answer has no such rows, UserError where the server gives none
 */
export async function readClickHouse(
  source: ClickHouseSource,
  take: (rows: Rows) => void,
  { heard, signal }: { heard: (bytes: number) => void; signal: AbortSignal },
): Promise<string[]> {
  const { url, login } = source;
  const client = createClient({
    url: url.origin,
    username: login?.user || 'default',
    password: login?.password ?? '',
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
    application: 'plummet import',
    request_timeout: SILENCE_MS_MAX,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const reader = new CsvReader(take);
  const tail = new Tail();
  try {
    for await (const chunk of await answerOf(client, source.query, signal)) {
      tail.add(chunk);
      heard(chunk.length);
      reader.read(chunk);
    }
    reader.end();
    return reader.notes;
  } catch (error) {
    throw problemOf(error, source, tail.said());
  } finally {
    await client.close();
  }
}

async function answerOf(client: ClickHouseClient, text: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
  const query = text.trim().replace(/;+$/, '');
  const asked = { query, abort_signal: signal, http_headers: { 'X-ClickHouse-Format': 'CSV' } };
  try {
    return (await client.exec({ ...asked, clickhouse_settings: { date_time_output_format: 'unix_timestamp' } })).stream;
  } catch (error) {
    const isSetting = error instanceof ClickHouseError && error.code === READONLY_CODE && error.message.includes('date_time_output_format');
    if (!isSetting) throw error;
    return (await client.exec(asked)).stream;
  }
}

function problemOf(error: unknown, source: ClickHouseSource, said: string | null): unknown {
  const name = nameOf(source);
  if (said !== null) return new UserError(`${name} failed in the middle of its answer: ${said}`, { hint: NOTHING, exit: 1 });
  if (error instanceof CsvProblem) return new CsvProblem(error.line, error.message, QUERY_HINT);
  if (error instanceof UserError) return error;
  if (error instanceof ClickHouseError) {
    if (PASSWORD_CODES.has(error.code)) {
      const user = source.login?.user || 'default';
      const hint = 'Both stand before the @ of --clickhouse: http://user:${CLICKHOUSE_PASSWORD}@host:8123/database';
      return new UserError(`${name} does not let ${user} in: the password is wrong or there is no such user.`, { hint, exit: 1 });
    }
    return new UserError(`${name} refuses the query (code ${error.code}): ${oneLine(error.message)}`, { hint: QUERY_HINT, exit: 1 });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code ?? oneLine(message || String(error));
  const hint = `Start it, or correct --clickhouse; its port for HTTP is 8123, for HTTPS 8443. ${NOTHING}`;
  return new UserError(`${name} does not answer, or no further (${why}).`, { hint, exit: 1 });
}

const NOTHING = 'Nothing was imported.';

/** The newest bytes of an answer. */
class Tail {
  #bytes: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const joined = chunk.length >= TAIL_BYTES ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#bytes = joined.subarray(Math.max(0, joined.length - TAIL_BYTES));
  }

  /** What the server failed with, in its words; null where it did not. */
  said(): string | null {
    const found = /Code: \d+\. DB::Exception: [\s\S]*/.exec(this.#bytes.toString('utf8'))?.[0];
    return found === undefined ? null : oneLine(found.replace(/\s*\d* ?\w*\s*__exception__\s*$/, ''));
  }
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, SAID_LENGTH_MAX);
}
