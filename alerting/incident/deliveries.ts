/** How far each message has come to each person by each way: a fold of `intended`, `sent` and `failed`. */
import type { Attempt, JournalLine } from '../../platform/topics/incidents.ts';

/** The newest try of one message to one person by one way. */
export interface Delivery extends Attempt {
  readonly is: 'intended' | 'sent' | 'failed';
  /** Whose intention of this try stands first in the journal: only that process sends it. */
  readonly by: string;
  /** Milliseconds since the epoch of the line that says how it is. */
  readonly at: number;
  /** What the provider answered; empty while intended. */
  readonly detail: string;
  /** After a failure: whether the same way may work later. */
  readonly again: boolean;
  /** After a failure: for so long the other side asked to be left alone, ms. */
  readonly waitMs?: number;
}

type DeliveryLine = Extract<JournalLine, { kind: 'intended' | 'sent' | 'failed' }>;

/** Message, step and person: what is to be said to whom, whichever the way. */
export function sameTarget(a: Omit<Attempt, 'way' | 'try'>, b: Omit<Attempt, 'way' | 'try'>): boolean {
  return a.message === b.message && a.step === b.step && a.person === b.person;
}

export function withLine(deliveries: readonly Delivery[], line: DeliveryLine): readonly Delivery[] {
  const at = deliveries.findIndex((known) => sameTarget(known, line) && known.way === line.way);
  const known = deliveries[at];
  const next = nextOf(known, line);
  if (next === known) return deliveries;
  return at < 0 ? [...deliveries, next] : deliveries.map((delivery, i) => (i === at ? next : delivery));
}

function nextOf(known: Delivery | undefined, line: DeliveryLine): Delivery {
  const base = { message: line.message, step: line.step, person: line.person, way: line.way, by: line.by, at: line.at };
  // What was sent stays sent: a late word about another try takes nothing back.
  if (known?.is === 'sent') return known;
  if (line.kind === 'sent') return { ...base, try: line.try, is: 'sent', detail: line.detail, again: false };
  if (line.kind === 'intended') {
    if (known && known.try >= line.try) return known;
    return { ...base, try: line.try, is: 'intended', detail: '', again: false };
  }
  // Only who holds the try can say that it failed.
  if (known && (known.try > line.try || (known.try === line.try && (known.is !== 'intended' || known.by !== line.by)))) return known;
  return { ...base, try: line.try, is: 'failed', detail: line.reason, again: line.again, ...(line.waitMs && { waitMs: line.waitMs }) };
}
