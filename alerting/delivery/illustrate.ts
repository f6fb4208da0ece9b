/** Stage: the picture is taken along where it is ready by now, or in a moment; the page itself waits for no picture. */
import { atMost } from '../../platform/units/at-most.ts';
import type { Picture } from '../notify/notifier.ts';
import type { Held, Page, Surroundings } from './stages.ts';

/** Drawing began with the intention: whatever is not done so long after the mail could go, it goes without. */
const PICTURE_WAIT_MS = 300;

export async function illustrate(page: Page, { clock, telemetry }: Surroundings): Promise<Page | Held> {
  if (!page.drawing) return page;
  let picture: Picture | null = null;
  const drawn = page.drawing.then((ready) => {
    picture = ready;
  });
  if (!(await atMost(clock, PICTURE_WAIT_MS, drawn))) telemetry.pictureLeftOut({ reason: 'late', incident: page.incident });
  return picture ? { ...page, picture } : page;
}
