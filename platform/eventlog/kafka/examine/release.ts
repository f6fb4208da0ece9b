/** Which Kafka a broker is, told by the newest requests that it knows: it never says it in words. Pure. */

export type KnownRequests = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;

/** Numbers of requests in Kafka's protocol. */
const FETCH = 1;
const LIST_OFFSETS = 2;
const DESCRIBE_TRANSACTIONS = 65;
const DESCRIBE_TOPIC_PARTITIONS = 75;

/** The newest first: a request in the version that came with it. Looked up in Kafka's own clients of each release. */
const RELEASES: readonly { readonly release: string; readonly request: number; readonly version: number }[] = [
  { release: '4.1 or newer', request: FETCH, version: 18 },
  { release: '4.0', request: LIST_OFFSETS, version: 10 },
  { release: '3.9', request: FETCH, version: 17 },
  { release: '3.8', request: DESCRIBE_TOPIC_PARTITIONS, version: 0 },
  { release: '3.7', request: FETCH, version: 16 },
  { release: '3.5 or 3.6', request: FETCH, version: 15 },
  { release: '3.1 to 3.4', request: FETCH, version: 13 },
  { release: '3.0', request: DESCRIBE_TRANSACTIONS, version: 0 },
];

/** @returns null for one that is older than 3.0 */
export function releaseOf(known: KnownRequests): string | null {
  return RELEASES.find(({ request, version }) => (known[request]?.maxVersion ?? -1) >= version)?.release ?? null;
}
