/** What a person is told of a delivery that does not succeed: what, why, and what to do. */
import type { Later, Refused } from './transport.ts';

/**
 * @param lastedMs  since the batch was tried first
 * @param waiting   events in memory, those under way among them
 */
export function laterText(name: string, { why, advice }: Later, lastedMs: number, waiting: number): string {
  const remedy = advice ?? 'start Plummet, or mend the address or the network between';
  const kept = `${waiting} events wait in memory; what has no room there is counted`;
  return `${name} has taken no events for ${Math.round(lastedMs / 1000)} s (${why}): ${remedy}. ${kept}`;
}

/** @param events  of the batch that was refused */
export function refusedText(name: string, { why, type }: Refused, events: number): string {
  const remedy =
    type === undefined
      ? 'compare the versions of the sdk and of Plummet, and what any proxy between them lets through'
      : `allow ${type} for this key under \`keys:\` in the YAML; until then its events are counted as lost`;
  return `${name} refused a batch of ${events} events for good: ${why}. They are counted as lost, the next ones go on; ${remedy}`;
}

/** @param discarded  so far */
export function fullText(problem: string | undefined, waiting: number, discarded: number): string {
  const why = problem ?? 'events come faster than they can be sent';
  return (
    `${waiting} events wait for Plummet (${why}); the oldest are discarded and counted, ${discarded} so far: ` +
    'mend the connection, or give connect() a larger queueEventsMax or queueBytesMax'
  );
}
