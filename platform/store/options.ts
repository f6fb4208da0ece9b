/** YAML fragments `store` and `retention`: where history is kept, and for how long. */
import Type, { type Static } from 'typebox';
import { parseDuration } from '../units/duration.ts';
import type { Retention } from './migrate.ts';

export const storeFragment = Type.Union(
  [
    Type.Literal('none', { restart: true }),
    Type.Object(
      {
        clickhouse: Type.Object(
          {
            url: Type.String({
              description:
                'A ClickHouse server (tested with 26.7): `http://user:password@host:8123/database`. Database and tables are made where ' +
                'they are missing; the database is `plummet` where the address names none',
              editor: { pattern: '^\\s*[hH][tT][tT][pP][sS]?:' },
              examples: ['${CLICKHOUSE_URL}'],
            }),
            cluster: Type.Optional(
              Type.String({
                pattern: '^[A-Za-z0-9_-]{1,100}$',
                expects: 'the name of a cluster: letters, digits, - and _',
                description: "A cluster of one shard in that server's configuration: tables are made `ON CLUSTER` and replicated",
                leftOut: 'one server',
              }),
            ),
          },
          { additionalProperties: false, description: 'A ClickHouse server' },
        ),
      },
      { additionalProperties: false, description: 'Where history is kept' },
    ),
  ],
  {
    description: 'Where history is kept: `clickhouse`, or `none`',
    restart: true,
    leftOut: 'chDB in the data folder',
    examples: [{ clickhouse: { url: '${CLICKHOUSE_URL}' } }],
  },
);

const KEPT = 'hours like 12h, days like 30d, or forever';

const kept = (description: string, otherwise: string) =>
  Type.Optional(Type.String({ pattern: '^(forever|\\d+(\\.\\d+)?\\s*(h|d))$', expects: KEPT, unit: 'd', description, default: otherwise }));

const KEPT_DEFAULT = { events: '30d', rates: '400d', incidents: 'forever' } as const;

export const retentionFragment = Type.Object(
  {
    events: kept('Events: hours `12h`, days `30d`, or `forever`', KEPT_DEFAULT.events),
    rates: kept('The counts of seconds', KEPT_DEFAULT.rates),
    incidents: kept('Incidents and annotations', KEPT_DEFAULT.incidents),
  },
  { additionalProperties: false, description: 'How long the store keeps what' },
);

/** @param url  every reference resolved; @returns what is wrong with it, without its password, or null */
export function problemOfStoreUrl(url: string): string | null {
  const right = 'must be like http://user:password@host:8123/database';
  if (!URL.canParse(url)) return `${right}.`;
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `${right}: Plummet speaks HTTP with ClickHouse, port 8123 or 8443.`;
  if (!/^\/?[A-Za-z0-9_]*$/.test(pathname)) return `${right}; a database is named by letters, digits and _.`;
  return null;
}

export interface StoreOptions {
  /** Null: chDB in the data folder. */
  readonly url: string | null;
  readonly cluster: string | undefined;
  readonly retention: Retention;
}

/** @returns null where no history is wanted */
export function storeOptionsOf(
  store: Static<typeof storeFragment> | undefined,
  retention: Static<typeof retentionFragment> | undefined,
): StoreOptions | null {
  if (store === 'none') return null;
  const { events, rates, incidents } = { ...KEPT_DEFAULT, ...retention };
  return {
    url: store?.clickhouse.url ?? null,
    cluster: store?.clickhouse.cluster,
    retention: { events: secondsOf(events), rates: secondsOf(rates), incidents: secondsOf(incidents) },
  };
}

function secondsOf(kept: string): number | null {
  const ms = parseDuration(kept);
  return ms === null ? null : Math.max(1, Math.round(ms / 1000));
}
