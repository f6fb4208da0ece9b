/** How fast one sender may send: a bucket of requests and one of bytes each, filled steadily, two seconds deep. */

const BURST_SECONDS = 2;

export interface PaceLimits {
  readonly requestsPerSecondMax: number;
  readonly bytesPerSecondMax: number;
  readonly sendersMax: number;
}

interface Bucket {
  requests: number;
  bytes: number;
  atMs: number;
}

export class Pace {
  readonly #limits: PaceLimits;
  /** In the order in which senders were last heard. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /**
   * @param sender  a key's name or a client's address
   * @param nowMs   monotonic
   * @returns 0 where the request is within the pace, else the seconds after which the next one may come
   */
  wait(sender: string, bytes: number, nowMs: number): number {
    const { requestsPerSecondMax, bytesPerSecondMax } = this.#limits;
    const bucket = this.#bucketOf(sender, nowMs);
    const seconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    bucket.requests = Math.min(requestsPerSecondMax * BURST_SECONDS, bucket.requests + seconds * requestsPerSecondMax);
    bucket.bytes = Math.min(bytesPerSecondMax * BURST_SECONDS, bucket.bytes + seconds * bytesPerSecondMax);
    bucket.atMs = nowMs;
    // A body larger than a whole bucket must be able to pass a full one.
    const cost = Math.min(bytes, bytesPerSecondMax * BURST_SECONDS);
    if (bucket.requests >= 1 && bucket.bytes >= cost) {
      bucket.requests -= 1;
      bucket.bytes -= cost;
      return 0;
    }
    const missing = Math.max((1 - bucket.requests) / requestsPerSecondMax, (cost - bucket.bytes) / bytesPerSecondMax);
    return Math.max(1, Math.ceil(missing));
  }

  /** What a request turned out to be beyond its size on the wire: it is had, so it is paid by those that follow. */
  charge(sender: string, bytes: number, nowMs: number): void {
    this.#bucketOf(sender, nowMs).bytes -= bytes;
  }

  #bucketOf(sender: string, nowMs: number): Bucket {
    const { requestsPerSecondMax, bytesPerSecondMax, sendersMax } = this.#limits;
    const known = this.#buckets.get(sender);
    const bucket = known ?? { requests: requestsPerSecondMax * BURST_SECONDS, bytes: bytesPerSecondMax * BURST_SECONDS, atMs: nowMs };
    this.#buckets.delete(sender);
    this.#buckets.set(sender, bucket);
    if (this.#buckets.size > sendersMax) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}

/** One household holds 2^64 addresses of IPv6: its network counts as the sender. */
export function senderOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1] as string;
  const [head = ''] = address.split('::');
  const groups = head.split(':').slice(0, 4);
  return `${groups.join(':')}::/64`;
}
