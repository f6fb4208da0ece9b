/** YAML fragments `store` and `retention`: where history is kept, and for how long. */
import Type, { type Static } from 'typebox';
import { parseDuration } from '../units/duration.ts';
import type { Retention } from './migrate.ts';

export const storeFragment = Type.Union(
  [
    Type.Literal('none'),
    Type.Object(
      {
        clickhouse: Type.Object(
          {
            url: Type.String({ description: 'http://user:password@host:8123/database; the database is plummet where it is left out' }),
            cluster: Type.Optional(
              Type.String({
                pattern: '^[A-Za-z0-9_-]{1,100}$',
                description: "Cluster of one shard in the server's configuration: tables are made ON CLUSTER and replicated",
              }),
            ),
          },
          { additionalProperties: false, description: 'A ClickHouse server' },
        ),
      },
      { additionalProperties: false, description: 'Where history is kept' },
    ),
  ],
  { description: 'Where history is kept: `clickhouse`, or `none`; left out: in the data folder' },
);

const kept = (description: string, otherwise: string) =>
  Type.Optional(Type.String({ pattern: '^(forever|\\d+(\\.\\d+)?\\s*(h|d))$', description, default: otherwise }));

export const retentionFragment = Type.Object(
  {
    events: kept('How long events are kept: days like 30d, or forever', '30d'),
    rates: kept('How long the counts of seconds are kept', '400d'),
    incidents: kept('How long incidents and annotations are kept', 'forever'),
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
  const { events = '30d', rates = '400d', incidents = 'forever' } = retention ?? {};
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
