/** Writes an app's ledger: each letter before it is first tried, and again when it is acknowledged. A kill -9 loses no line. */
import { openSync, writeSync } from 'node:fs';
import type { Letter, Outcome, Transport } from '@plummet/sdk';
import { decodeHead } from '@plummet/sdk/batch';

/** `sent`: what is in it, by type and second since the epoch, and the time (ms) before which nothing is left to be sent. */
export type LedgerLine =
  | { readonly sent: number; readonly until: number; readonly rows: readonly (readonly [type: string, second: number, n: number])[] }
  | { readonly acknowledged: number; readonly tookMs: number };

export class Bookkeeper {
  readonly #file: number;
  #newest = -1;
  /** When the newest letter was tried first. */
  #since = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /** The same transport, looked at: an app with two gateways may have one letter under way by both. */
  watch(transport: Transport): Transport {
    const send = async (letter: Letter, signal: AbortSignal): Promise<Outcome> => {
      this.#sent(letter);
      const outcome = await transport.send(letter, signal);
      if (outcome.is === 'accepted') this.#write({ acknowledged: letter.seq, tookMs: Math.round(performance.now() - this.#since) });
      return outcome;
    };
    const probe = transport.probe?.bind(transport);
    return { name: transport.name, send, close: () => transport.close(), ...(probe && { probe }) };
  }

  #sent(letter: Letter): void {
    if (letter.seq <= this.#newest) return;
    this.#newest = letter.seq;
    this.#since = performance.now();
    const { t0, until, tally } = decodeHead(letter.text());
    const first = Math.floor(t0 / 1000);
    const rows = Object.entries(tally).flatMap(([type, pairs]) => pairs.map(([offset, n]) => [type, first + offset, n] as const));
    this.#write({ sent: letter.seq, until, rows });
  }

  #write(line: LedgerLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
