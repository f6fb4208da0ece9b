/** Connects an app to Plummet: makes the observer that delivers what it is told. */
import { type Clock, SteadyTime, systemClock } from './clock.ts';
import { giveWarning } from './configure.ts';
import { Delivery } from './delivery.ts';
import { leaveAtExit } from './exit.ts';
import { Failover } from './failover.ts';
import { HttpTransport } from './http.ts';
import { UsageError } from './observers.ts';
import { Outbox } from './outbox.ts';
import { producerOf, systemRandom } from './producer.ts';
import { Sender } from './sender.ts';
import type { Transport } from './transport.ts';
import { Warnings } from './warnings.ts';

/** As many events as a busy app has in some minutes. */
const QUEUE_EVENTS_MAX = 100_000;
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;

export interface ConnectOptions {
  /** Of one gateway: `https://plummet.example.com`. */
  readonly url?: string | undefined;
  /** Of several: the first is used while it is well. */
  readonly urls?: readonly string[] | undefined;
  /** Instead of an address: what carries the batches; several are used as several addresses are. */
  readonly via?: Transport | readonly Transport[] | undefined;
  /** A name that people know this app by, the machine's where it is left out; random letters are always appended. */
  readonly producer?: string | undefined;
  /** Where the gateway asks for one: sent as `authorization: Bearer …`. */
  readonly key?: string | undefined;
  /** The only fields of data that leave the app; left out: all that are text, finite number, boolean or null. */
  readonly send?: readonly string[] | undefined;
  /** Events that wait in memory at most, 100,000; beyond it the oldest are discarded and counted. */
  readonly queueEventsMax?: number | undefined;
  /** Bytes they take at most, by estimate, 64 MiB. */
  readonly queueBytesMax?: number | undefined;
  /**
   * Sends what waits, with a farewell, when the process ends by itself or gets SIGTERM or SIGINT; what happens on these signals
   * otherwise stays as it is. True where the clock is the system's.
   */
  readonly flushAtExit?: boolean | undefined;
  /** For tests and simulations: with a transport of their own, nothing here knows any other time. */
  readonly clock?: Clock | undefined;
  /** For tests and simulations: 0 to 1; jitter and the producer's letters come from it. */
  readonly random?: (() => number) | undefined;
}

/**
 * Makes the observer that delivers events to Plummet. It never blocks and never throws; its memory is bounded.
 *
 * @throws UsageError where the options are wrong; never because nobody answers
 * @example
 * const plummet = connect({ url: 'http://127.0.0.1:8080' });
 * OrderPlaced.notifies(plummet);
 * @example connect({ urls: ['https://plummet-a.example.com', 'https://plummet-b.example.com'], key: process.env.PLUMMET_KEY });
 */
export function connect(options: ConnectOptions): Delivery {
  const { clock = systemClock, random = systemRandom, send } = options;
  if (send !== undefined && !Array.isArray(send)) throw new UsageError("connect({ send }) takes a list of fields, such as ['amount']");
  const transport = transportOf(options, clock, random);
  const warnings = new Warnings(clock, giveWarning);
  const outbox = new Outbox({
    queueEventsMax: limitOf('queueEventsMax', options.queueEventsMax, QUEUE_EVENTS_MAX),
    queueBytesMax: limitOf('queueBytesMax', options.queueBytesMax, QUEUE_BYTES_MAX),
  });
  const time = new SteadyTime(clock);
  const producer = producerOf(options.producer, options.random);
  let forget = (): void => {};
  const sender = new Sender({ outbox, transport, clock, time, random, producer, warnings, ended: () => forget() });
  const delivery = new Delivery({ producer, outbox, sender, time, warnings, send });
  if (options.flushAtExit ?? clock === systemClock) {
    forget = leaveAtExit({ close: () => delivery.close(), leave: () => sender.leave() });
  }
  return delivery;
}

function transportOf(options: ConnectOptions, clock: Clock, random: () => number): Transport {
  const { url, urls, via, key } = options;
  if ([url, urls, via].filter((way) => way !== undefined).length !== 1) {
    throw new UsageError("connect() takes one of url, urls and via, such as connect({ url: 'http://127.0.0.1:8080' })");
  }
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UsageError('connect({ key }) takes letters, digits and signs without spaces');
  if (Array.isArray(url)) throw new UsageError('connect({ url }) takes one address: give several as urls');
  const addresses = url === undefined ? (urls ?? []) : [url];
  const given = via === undefined ? addresses.map((address) => new HttpTransport(urlOf(address), { clock, key })) : [via].flat();
  const [first] = given;
  if (first === undefined) throw new UsageError('connect() was given an empty list: name at least one address');
  return given.length === 1 ? first : new Failover(given, { clock, random });
}

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && url.username === '' && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  if (url && url.username !== '') throw new UsageError('connect() was given an address with a name in it: give the key as key instead');
  throw new UsageError(`connect() was given the address ${JSON.stringify(address)}: it takes one such as 'http://127.0.0.1:8080'`);
}

function limitOf(name: string, given: number | undefined, usual: number): number {
  const limit = given ?? usual;
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new UsageError(`connect({ ${name} }) takes a whole number of 1 or more, not ${String(given)}`);
}
