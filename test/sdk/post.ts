/** A transport that a test answers for: it keeps what it was given, as the gateway would read it, and checks it as the gateway does. */

import type { Letter, Outcome, Transport } from '@plummet/sdk';
import { type Batch, decodeBatch } from '@plummet/sdk/batch';
import { refuseBatch } from '../../platform/topics/batch-check.ts';

export const accepted: Outcome = { is: 'accepted' };
export const later: Outcome = { is: 'later', why: 'nobody is there' };
export const refused: Outcome = { is: 'refused', why: 'not like this' };

export class Post implements Transport {
  readonly name: string;
  /** Every try, in order. */
  readonly tries: Batch[] = [];
  /** The batches that were accepted, in order. */
  readonly taken: Batch[] = [];
  closed = false;
  /** Says what becomes of a try; changed by tests. */
  answer: (batch: Batch, signal: AbortSignal) => Outcome | Promise<Outcome> = () => accepted;
  underWay = 0;
  underWayMost = 0;
  probe?: () => Promise<boolean>;

  constructor(name = 'post') {
    this.name = name;
  }

  async send(letter: Letter, signal: AbortSignal): Promise<Outcome> {
    this.underWay++;
    this.underWayMost = Math.max(this.underWayMost, this.underWay);
    const text = letter.text();
    const batch = decodeBatch(text);
    const wrong = refuseBatch(batch) ?? (Buffer.byteLength(text) > 1024 * 1024 ? 'over 1 MiB' : null);
    if (wrong) throw new Error(`the gateway would refuse this: ${wrong}`);
    this.tries.push(batch);
    const outcome = await this.answer(batch, signal);
    this.underWay--;
    if (outcome.is === 'accepted') this.taken.push(batch);
    return outcome;
  }

  close(): void {
    this.closed = true;
  }

  /** Amounts of all events taken, in order. */
  get amounts(): unknown[] {
    return this.taken.flatMap((batch) => batch.events.map(([, , data]) => data?.amount));
  }
}

/** Events that batches told of as lost, in all. */
export function lostIn(batches: readonly Batch[]): number {
  return batches.reduce((sum, { lost }) => sum + countIn(lost), 0);
}

export function countIn(counts: Batch['lost']): number {
  return Object.values(counts).reduce((sum, pairs) => sum + pairs.reduce((events, [, n]) => events + n, 0), 0);
}
