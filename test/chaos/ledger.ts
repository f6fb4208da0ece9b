/** What apps know of their events: sent and acknowledged, by type and second. Reads what bookkeepers wrote, as far as it is there. */
import { closeSync, openSync, readSync } from 'node:fs';
import { Books } from '../support/books.ts';
import type { LedgerLine } from './bookkeeper.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The two sums that bound what may be counted: what was acknowledged must be, what was never sent must not. */
export class Ledger {
  readonly sent = new Books();
  readonly acknowledged = new Books();
}

type Rows = Extract<LedgerLine, { sent: number }>['rows'];

/** The ledger of one process, read on from where it was read to. */
export class LedgerFile {
  readonly path: string;
  readonly #into: Ledger;
  readonly #open = new Map<number, { rows: Rows; until: number }>();
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #position = 0;
  #rest = '';
  /** The time (ms) before which every event of the app was acknowledged. */
  until = 0;
  /** The longest time that a letter waited for its yes, ms. */
  longestMs = 0;

  constructor(path: string, into: Ledger) {
    this.path = path;
    this.#into = into;
  }

  read(): void {
    const file = openSync(this.path, 'a+');
    try {
      for (;;) {
        const bytes = readSync(file, this.#buffer, 0, CHUNK_BYTES, this.#position);
        if (bytes === 0) return;
        this.#position += bytes;
        const lines = (this.#rest + this.#buffer.toString('utf8', 0, bytes)).split('\n');
        this.#rest = lines.pop() as string;
        for (const line of lines) this.#take(JSON.parse(line) as LedgerLine);
      }
    } finally {
      closeSync(file);
    }
  }

  /** Letters that were acknowledged so far are not asked about any more. */
  forgetLongest(): void {
    this.read();
    this.longestMs = 0;
  }

  #take(line: LedgerLine): void {
    if ('sent' in line) {
      this.#open.set(line.sent, line);
      for (const [type, second, n] of line.rows) this.#into.sent.enter(type, second, { n, sum: 0 });
      return;
    }
    const letter = this.#open.get(line.acknowledged);
    // By two gateways at once it may be acknowledged twice.
    if (!letter) return;
    this.#open.delete(line.acknowledged);
    this.longestMs = Math.max(this.longestMs, line.tookMs);
    this.until = Math.max(this.until, letter.until);
    for (const [type, second, n] of letter.rows) this.#into.acknowledged.enter(type, second, { n, sum: 0 });
  }
}
