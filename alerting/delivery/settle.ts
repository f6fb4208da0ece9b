/** Stage: what came of the try is known here at once, and in the journal as soon as it can be written. */
import { leadOf } from '../incident/incident.ts';
import { CONSOLE } from '../notify/console.ts';
import type { Held, Page, Surroundings } from './stages.ts';

export async function settle(page: Page, { journal, behind, telemetry, by, now }: Surroundings): Promise<Page | Held> {
  const { incident, attempt, outcome } = page;
  if (!outcome) return { held: 'nothing was sent' };
  const base = { incident, at: Math.round(now()), by, ...attempt };
  const word = { incident, person: attempt.person, message: attempt.message, try: attempt.try };
  if (outcome.kind === 'sent') {
    behind.write({ kind: 'sent', ...base, detail: outcome.detail });
    telemetry.notified({ channel: attempt.way, outcome: 'sent', ...word });
    const state = journal.get(incident);
    if (attempt.message === 'page' && attempt.step === 0 && attempt.way !== CONSOLE && state.is !== 'unknown') {
      telemetry.pageDelay({ value: now() / 1000 - leadOf(state).fell.at });
    }
  } else {
    const wait = outcome.waitMs !== undefined && { waitMs: outcome.waitMs };
    behind.write({ kind: 'failed', ...base, reason: outcome.reason, again: outcome.again, ...wait });
    telemetry.notified({ channel: attempt.way, outcome: 'failed', ...word, reason: outcome.reason });
  }
  return page;
}
