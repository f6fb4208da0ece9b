/** Which outages of a history were real: those of the journal, those that were marked, or those that a person names. */
import type { Real } from '../../detectors/tuning/rows.ts';
import { annotationsBetween } from '../../platform/store/annotations.ts';
import { resolvedBetween } from '../../platform/store/incidents.ts';
import type { Store } from '../../platform/store/store.ts';
import { momentOf } from './moment.ts';
import { UserError } from './output.ts';

/** Marks that say that something was down. */
const OUTAGE_MARKS: readonly string[] = ['outage', 'incident'];

/** Seconds since the epoch; those that are over. */
export async function incidentsOf(store: Store, metric: string, from: number, to: number): Promise<Real[]> {
  const journal = await resolvedBetween(store, metric, from * 1000, to * 1000);
  const marks = await annotationsBetween(store, from * 1000, to * 1000);
  const marked = marks.filter(({ kind, until }) => OUTAGE_MARKS.includes(kind) && until !== null);
  return [
    ...journal.map((one) => ({ from: Math.floor(one.from), to: Math.ceil(one.to / 1000), what: `incident ${one.incident}` })),
    ...marked.map(({ at, until, text }) => ({ from: Math.floor(at / 1000), to: Math.ceil((until as number) / 1000), what: text })),
  ].sort((a, b) => a.from - b.from);
}

const EXAMPLE = 'Write it like --real 2026-11-20T14:03:00Z..2026-11-20T14:20:00Z; --real none where there was none.';

/** `FROM..TO`, or `none`. @throws UserError */
export function realsFlag(texts: readonly string[]): Real[] {
  if (texts.length === 1 && texts[0] === 'none') return [];
  return texts.map((text) => {
    const [first, last, more] = text.split('..');
    if (!first || !last || more !== undefined) throw new UserError(`--real "${text}" is no stretch of time.`, { hint: EXAMPLE });
    const real = { from: momentOf(first), to: momentOf(last), what: '--real' };
    if (real.from >= real.to) throw new UserError(`--real ${text}: its end is not after its beginning.`, { hint: EXAMPLE });
    return real;
  });
}
