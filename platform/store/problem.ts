/** What can go wrong with the store, as a kind that decides what is done and a sentence that says what a person can do. */
import { ClickHouseError } from '@clickhouse/client';

type StoreErrorKind =
  /** The embedded one, for some seconds after a start. */
  | 'starting'
  /** It does not answer, or it cannot take anything now: the same again later. */
  | 'away'
  | 'password'
  | 'rights'
  | 'cluster'
  /** Its tables were made by a newer Plummet. */
  | 'newer'
  /** A table or the database is not there. */
  | 'tables'
  /** These very rows cannot be taken, now or later. */
  | 'rows'
  /** It answers, but not this question in the time that it may take. */
  | 'slow'
  /** This machine cannot run the embedded store. */
  | 'unsupported';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** Whom an error is about. */
export interface Asked {
  /** `ClickHouse at http://db:8123`, without its password. */
  readonly name: string;
  readonly user: string;
}

/** By ClickHouse's code of the exception; whatever is not here may pass: it is tried again. */
const CODES: Readonly<Record<Exclude<StoreErrorKind, 'starting' | 'away' | 'newer' | 'unsupported'>, readonly number[]>> = {
  // UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED
  password: [192, 193, 194, 516],
  // READONLY, ACCESS_DENIED
  rights: [164, 497],
  // NO_ELEMENTS_IN_CONFIG, CLUSTER_DOESNT_EXIST
  cluster: [139, 701],
  // UNKNOWN_TABLE, UNKNOWN_DATABASE
  tables: [60, 81],
  // TIMEOUT_EXCEEDED, TOO_SLOW
  slow: [159, 160],
  // CANNOT_PARSE_TEXT, _QUOTED_STRING, _INPUT_ASSERTION_FAILED, _DATETIME, _NUMBER; TYPE_MISMATCH, INCORRECT_DATA,
  // TOO_LARGE_STRING_SIZE
  rows: [6, 26, 27, 41, 53, 72, 117, 131, 376],
};

const KINDS = new Map(Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind as StoreErrorKind])));

/** Any failure of a request, as one that says what to do. */
export function storeError(cause: unknown, asked: Asked): StoreError {
  if (cause instanceof StoreError) return cause;
  if (!(cause instanceof ClickHouseError)) return new StoreError('away', unreachable(cause, asked), cause);
  const kind = KINDS.get(Number(cause.code)) ?? 'away';
  return new StoreError(kind, sentence(kind, cause, asked), cause);
}

function unreachable(cause: unknown, { name }: Asked): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code ?? (message || String(cause)).split('\n', 1)[0];
  return `${name} does not answer (${why}). Start it, or correct store.clickhouse.url; what is to be kept waits meanwhile.`;
}

const BEFORE_AT = 'Both stand before the @ of store.clickhouse.url.';

function sentence(kind: StoreErrorKind, { message, code }: ClickHouseError, { name, user }: Asked): string {
  const said = message.trim().replace(/\s+/g, ' ').slice(0, 300);
  switch (kind) {
    case 'password':
      return `${name} does not let ${user} in: the password is wrong or there is no such user. ${BEFORE_AT}`;
    case 'rights':
      return `${name} does not let ${user} do what is needed. As its administrator: ${grantFor(said, user)}`;
    case 'cluster':
      return `${name}: ${said} Correct store.clickhouse.cluster, or leave it out where there is one server.`;
    case 'tables':
      return `${name}: ${said} The tables are made anew.`;
    case 'slow':
      return `${name} took too long: ${said}`;
    case 'rows':
      return `${name} cannot read some rows: ${said}`;
    default:
      return `${name} cannot take it now (code ${code}: ${said}). It is tried again.`;
  }
}

/** ClickHouse names the grant that is missing. */
function grantFor(said: string, user: string): string {
  const missing = /necessary to have the grant (.+?)\.?$/.exec(said)?.[1];
  return missing ? `GRANT ${missing} TO ${user}` : `give ${user} the right to write (${said})`;
}
