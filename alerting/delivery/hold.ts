/** Stage: just before the socket it is decided anew whether the message is still wanted, from what is known by now. */
import type { Incident } from '../incident/incident.ts';
import type { Held, Page, Surroundings } from './stages.ts';
import { isWanted } from './wanted.ts';

/** What was decided longer ago (the process stood still) is not sent on that decision. */
const DECISION_MAX_MS = 5000;
/** How long the journal may take to say what happened meanwhile. */
const CATCH_UP_MS = 1000;

const STALE = 'decided too long ago';

export async function hold(page: Page, { journal, behind, clock, by, now }: Surroundings): Promise<Page | Held> {
  if (clock.monotonic() - page.decidedAt > DECISION_MAX_MS) {
    await journal.caughtUpWithin(CATCH_UP_MS);
    return { held: STALE };
  }
  if (isWanted(page.attempt, journal.get(page.incident), now())) return page;
  const reason = `not sent: ${whyNot(journal.get(page.incident))}`;
  behind.write({ kind: 'failed', incident: page.incident, at: Math.round(now()), by, ...page.attempt, reason, again: false });
  return { held: reason };
}

function whyNot(incident: Incident): string {
  if (incident.is !== 'open') return `${incident.is} meanwhile`;
  return incident.held ?? 'a later message took its place';
}
