/** Stage: `intended` is written and read back; whose stands first in the journal sends. A journal that does not answer stops no page. */
import { sameTarget } from '../incident/deliveries.ts';
import type { Journal } from './journal.ts';
import type { Held, Page, Surroundings } from './stages.ts';

/** Read back within this, or the page goes out all the same: twice rather than never. */
const READ_BACK_MS = 1000;

export async function claim(page: Page, { journal, telemetry, by, now }: Surroundings): Promise<Page | Held> {
  const line = { kind: 'intended', incident: page.incident, at: Math.round(now()), by, ...page.attempt } as const;
  journal.append([line]).catch((error) => telemetry.appendFailed({ topic: 'incidents', error }));
  await journal.until(() => ownerOf(page, journal) !== undefined, READ_BACK_MS);
  const owner = ownerOf(page, journal);
  return owner === undefined || owner === by ? page : { held: `${owner} sends it` };
}

/** The process whose intention of this try, or of a later one, stands first; undefined while none was read. */
function ownerOf({ incident, attempt }: Page, journal: Journal): string | undefined {
  const state = journal.get(incident);
  if (state.is === 'unknown') return undefined;
  const known = state.deliveries.find((delivery) => sameTarget(delivery, attempt) && delivery.way === attempt.way);
  if (!known || known.try < attempt.try) return undefined;
  // A later try, or one that was sent meanwhile, is somebody else's: this one would only repeat it.
  return known.try === attempt.try && known.is === 'intended' ? known.by : `${known.by} (try ${known.try})`;
}
