/** From an event to its count and its second's signal, through a real Kafka under load, alone and with a twin; and what a twin costs. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolveJars } from '../test/support/kafka/jars.ts';
import { type KafkaForTests, startKafka } from '../test/support/kafka/kafka.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../test/support/process.ts';
import { type Delays, KafkaDelays, quantile } from './kafka-delays.ts';
import type { Pace, Published } from './kafka-load.ts';
import type { BenchRow } from './row.ts';

const PARTITIONS = 6;
const LOADS = 2;
/** Each a producer with one batch in flight. */
const CONNECTIONS = 3;
const QUIET = { eventsPerSecond: 500, seconds: 30 };
const BUSY = { eventsPerSecond: 50_000, seconds: 60 };
const SETTLE_MS = 8_000;
const READY_MS = 60_000;
const TICKS_PER_SECOND = 100;

export async function kafkaDelay(): Promise<BenchRow[]> {
  resolveJars();
  const kafka = await startKafka({ own: true });
  const bench = new DelayBench(kafka);
  try {
    return await bench.run();
  } finally {
    await bench.end();
    await kafka.stop();
  }
}

interface Measured extends Delays {
  /** Cores that all detectors together kept busy. */
  readonly cores: number;
}

class DelayBench {
  readonly #kafka: KafkaForTests;
  readonly #folder = temporaryFolder();
  readonly #detectors: PlummetProcess[] = [];
  readonly #loads: ChildProcess[] = [];
  #delays: KafkaDelays | undefined;

  constructor(kafka: KafkaForTests) {
    this.#kafka = kafka;
  }

  async run(): Promise<BenchRow[]> {
    const { brokers } = this.#kafka;
    writeFileSync(join(this.#folder.path, 'plummet.yaml'), yamlOf(brokers));
    await this.#detect('a');
    this.#delays = await KafkaDelays.open(brokers, PARTITIONS);
    const load = fileURLToPath(new URL('./kafka-load.ts', import.meta.url));
    for (let i = 0; i < LOADS; i++) this.#loads.push(fork(load, [brokers.join(','), 'events', String(CONNECTIONS)]));
    const quiet = await this.#measure(QUIET);
    const alone = await this.#measure(BUSY);
    await this.#detect('b');
    const twins = await this.#measure(BUSY);
    const published = await this.#stopLoads();
    const { eventsPerSecond, seconds } = BUSY;
    const least = (2 * seconds + SETTLE_MS / 1000) * eventsPerSecond * 0.95;
    if (published < least)
      throw new Error(`only ${published} events were published, ${Math.round(least)} are the load: this machine is too busy`);
    return rowsOf(quiet, alone, twins);
  }

  async end(): Promise<void> {
    for (const load of this.#loads) load.kill('SIGKILL');
    await Promise.all(this.#detectors.map((process) => process.kill('SIGKILL')));
    await this.#delays?.close();
    this.#folder.remove();
  }

  async #detect(replica: 'a' | 'b'): Promise<void> {
    const data = join(this.#folder.path, replica);
    const place = ['--config', join(this.#folder.path, 'plummet.yaml'), '--data', data, '--port', '0'];
    const process = new PlummetProcess(['start', ...place, '--roles', 'detectors', '--replica', replica, '--json']);
    this.#detectors.push(process);
    await process.ready();
  }

  async #measure({ eventsPerSecond, seconds }: typeof BUSY): Promise<Measured> {
    const pace: Pace = { eventsPerSecond: eventsPerSecond / LOADS };
    for (const load of this.#loads) load.send(pace);
    const delays = this.#delays as KafkaDelays;
    await pause(SETTLE_MS);
    await eventually('a signal', READY_MS, async () => delays.seconds > 0);
    const cpu = this.#cpuSeconds();
    delays.take();
    const before = performance.now();
    await pause(seconds * 1000);
    const elapsed = (performance.now() - before) / 1000;
    return { ...delays.take(), cores: (this.#cpuSeconds() - cpu) / elapsed };
  }

  async #stopLoads(): Promise<number> {
    const done = await Promise.all(
      this.#loads.map(async (load) => {
        const told = once(load, 'message');
        load.send({ eventsPerSecond: 0 } satisfies Pace);
        return ((await told) as [Published])[0];
      }),
    );
    const lost = done.reduce((sum, one) => sum + one.lost, 0);
    if (lost > 0) throw new Error(`${lost} events did not get through: the figures mean nothing`);
    return done.reduce((sum, one) => sum + one.published, 0);
  }

  /** Of Linux: what it says of each process. */
  #cpuSeconds(): number {
    const ticks = this.#detectors.map(({ pid }) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((sum, n) => sum + n, 0) / TICKS_PER_SECOND;
  }
}

function yamlOf(brokers: readonly string[]): string {
  return `
metrics:
  orders: { event: order.placed, kind: write }
  signups: { event: user.registered, kind: write }
  probes: { event: probe.sent, kind: read }
eventlog: { kafka: { brokers: ["${brokers.join(',')}"], partitions: { events: ${PARTITIONS} } } }
store: none
`;
}

function rowsOf(quiet: Measured, alone: Measured, twins: Measured): BenchRow[] {
  const at = `Kafka at ${BUSY.eventsPerSecond.toLocaleString('en-US')} events/s`;
  const delay = (name: string, of: (one: Measured) => number, floor: string, [one, other] = [alone, quiet]): BenchRow => {
    const against = other === quiet ? `at ${QUIET.eventsPerSecond} events/s` : 'without a twin';
    return { name: `${at}: ${name}`, value: of(one), unit: 'seconds', against, ratio: of(one) / of(other), floor };
  };
  const signal = (share: number) => (one: Measured) => quantile(one.signals, share);
  const count = (share: number) => (one: Measured) => quantile(one.counts, share);
  return [
    delay('end of a second to its signal, p50', signal(0.5), '0.67, the mean of the simulation'),
    delay('end of a second to its signal, p99', signal(0.99), '1.2, the p99 of the simulation'),
    delay('event to its count in the open second, p50', count(0.5), '<= 1 s until it is drawn'),
    delay('event to its count in the open second, p99', count(0.99), '<= 2 s until it is drawn'),
    delay('the same p99 of the first signal, with a twin', signal(0.99), 'told, no floor', [twins, alone]),
    { ...delay('cores of both twins', ({ cores }) => cores, 'told, no floor', [twins, alone]), unit: 'cores' },
  ];
}
