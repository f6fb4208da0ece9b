/**
 * One app of the chaos run, in a process of its own: publishes by the real sdk, over HTTP to gateways or straight to Kafka, and writes
 * down every letter before it is tried and after it is acknowledged. Its argument is an `AppOrder`; its parent tells it what to leave out.
 */
import { configure, connect, type Delivery, DomainEvent, type Transport } from '@plummet/sdk';
import { systemClock } from '@plummet/sdk/clock';
import { kafka } from '@plummet/sdk/kafka';
import { poisson } from '../../examples/shop/traffic.ts';
import { HttpTransport } from '../../sdk/src/http.ts';
import { prng } from '../support/prng.ts';
import { Bookkeeper } from './bookkeeper.ts';

export interface AppOrder {
  readonly name: string;
  /** Decides the producer's letters, and so its partition, and when its events come. */
  readonly seed: number;
  /** Gateways, the first being home; or `kafka`. */
  readonly gateways?: readonly string[];
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string };
  /** Events a second by type. */
  readonly rates: Readonly<Record<string, number>>;
  readonly ledger: string;
}

/** From the parent: so much of its usual rate a type has from a time on (ms since the epoch); `*`: each that is not off. */
export interface AppWord {
  readonly type: string;
  readonly share: number;
  readonly at: number;
}

/** To the parent, ten times a second. */
export interface AppReport {
  readonly delivered: number;
  readonly queued: number;
  readonly lost: number;
  readonly tries: number;
  /** How late its own timer was at worst since the last report, ms: what the machine withholds is no outage of Plummet's. */
  readonly lateMs: number;
  readonly problem?: string;
}

const STEP_MS = 20;
const REPORT_MS = 100;

const order = JSON.parse(process.argv[2] ?? '') as AppOrder;
const random = prng(order.seed);
const bookkeeper = new Bookkeeper(order.ledger);
const words: AppWord[] = [];
const shares = new Map<string, number>();
let lateMs = 0;

function transports(): Transport[] {
  if (order.kafka) return [kafka(order.kafka)];
  return (order.gateways ?? []).map((address) => new HttpTransport(new URL(address), { clock: systemClock }));
}

// That gateways die here is no news to whoever reads the table.
configure({ onWarning: () => undefined });
const plummet: Delivery = connect({ via: transports().map((one) => bookkeeper.watch(one)), producer: order.name, random });

function classOf(type: string): new () => DomainEvent {
  return class extends DomainEvent {
    static readonly type = type;
  };
}

const types = Object.entries(order.rates).map(([type, rate]) => ({ type, rate, Event: classOf(type) }));
DomainEvent.notifies(plummet);

let last = performance.now();
function publish(): void {
  const now = performance.now();
  const passedMs = now - last;
  last = now;
  lateMs = Math.max(lateMs, passedMs - STEP_MS);
  while (words[0] && words[0].at <= Date.now()) {
    const { type, share } = words.shift() as AppWord;
    shares.set(type, share);
  }
  for (const { type, rate, Event } of types) {
    const share = (shares.get(type) ?? 1) * (shares.get('*') ?? 1);
    for (let n = poisson((share * rate * passedMs) / 1000, random); n > 0; n--) new Event().publish();
  }
}

process.on('message', (word: AppWord) => {
  words.push(word);
  words.sort((a, b) => a.at - b.at);
});
process.on('disconnect', () => process.exit(0));

setInterval(publish, STEP_MS);
setInterval(() => {
  const { delivered, queued, lost, tries, problem } = plummet.stats();
  process.send?.({ delivered, queued, lost, tries, lateMs, ...(problem !== undefined && { problem }) } satisfies AppReport);
  lateMs = 0;
}, REPORT_MS);
