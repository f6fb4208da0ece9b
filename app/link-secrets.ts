/**
 * The secrets that sign acknowledge links. Each data folder has one, made once; over Kafka topic `config` tells everybody's to everybody:
 * reads and writes it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LinkSecrets, oneSecret } from '../alerting/delivery/links.ts';
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { decodeLinkSecret, linkSecretRecord } from '../platform/topics/config.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, sleep } from '../platform/units/clock.ts';

const BYTES = 32;
/** The event log is read to its end within this, or a start goes on with what is on this machine. */
const BEGIN_MS = 5000;
const RETRY_MS = 1000;

/** Where processes on several machines meet. */
export interface SharedBy {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface OpenLinkSecrets extends LinkSecrets {
  stop(): Promise<void>;
}

/** @param shared  left out: the data folder belongs to the only process there is */
export async function openLinkSecrets(folder: string, shared?: SharedBy): Promise<OpenLinkSecrets> {
  const path = join(folder, 'link-secret');
  const kept = await readFile(path).catch(() => undefined);
  const own = kept?.length === BYTES ? kept : null;
  // One that was cut off in the middle opens nothing.
  if (kept && !own) await rm(path, { force: true });
  if (!shared) {
    const only = own ?? (await made(path));
    return { ...oneSecret(only), stop: async () => undefined };
  }
  const secrets = new Shared(shared);
  await secrets.begin(own, () => made(path));
  return secrets;
}

/**
 * A link in a mail must outlive a restart, so the secret does; readable by its owner only. Of processes that make one at the same
 * time all have the first.
 */
async function made(path: string): Promise<Buffer> {
  const mine = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(mine, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(BYTES));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(mine, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(mine);
  return readFile(path);
}

class Shared implements OpenLinkSecrets {
  readonly #by: SharedBy;
  readonly #stopped = new AbortController();
  /** In the order of the event log, by their records' keys. */
  readonly #told = new Map<string, Buffer>();
  #own: Buffer | null = null;
  #reader: Reader | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(by: SharedBy) {
    this.#by = by;
  }

  first(): Buffer {
    return this.all()[0] as Buffer;
  }

  /** This machine's last: it opens what it has signed before others could hear of it. */
  all(): Buffer[] {
    const told = [...this.#told.values()];
    return this.#own ? [...told, this.#own] : told;
  }

  /** A folder that has signed links already tells its secret, so that they open everywhere; a new one takes what is there. */
  async begin(own: Buffer | null, make: () => Promise<Buffer>): Promise<void> {
    const { log, topics, clock } = this.#by;
    this.#own = own;
    this.#reader = log.read(topics.config, new Map(), (records) => {
      for (const record of records) this.#take(record);
    });
    await atMost(
      clock,
      BEGIN_MS,
      this.#reader.caughtUp().catch(() => undefined),
    );
    if (!this.#own && this.#told.size === 0) this.#own = await make();
    if (this.#own) this.#telling = this.#tell(this.#own);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#telling;
    await this.#reader?.stop();
  }

  /** What stands empty under its key now was taken back. */
  #take(record: StoredRecord): void {
    const secret = decodeLinkSecret(record);
    if (secret === null) this.#told.delete(record.key);
    else if (!this.#told.has(record.key)) this.#told.set(record.key, secret);
  }

  async #tell(secret: Buffer): Promise<void> {
    const { log, topics, clock, telemetry } = this.#by;
    const { signal } = this.#stopped;
    const record = linkSecretRecord(idOf(secret), secret);
    while (!signal.aborted && !this.#told.has(record.key)) {
      try {
        await log.append(topics.config, [record]);
        return;
      } catch (error) {
        if (signal.aborted) return;
        telemetry.appendFailed({ topic: topics.config.name, error });
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }
}

const idOf = (secret: Buffer): string => createHash('sha256').update(secret).digest('base64url').slice(0, 16);
