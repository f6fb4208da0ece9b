import { expect, test } from 'vitest';
import { Explaining } from '../../../dashboards/seconds/explaining.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';
import { serverLimits } from '../../../ingest/admission/limits.ts';
import type { Store } from '../../../platform/store/store.ts';
import { ManualClock } from '../../support/clock.ts';

test('whoever asks a history that does not answer is told so before the connection is ended', async () => {
  const clock = new ManualClock(0);
  const store = { rows: () => new Promise(() => undefined) } as unknown as Store;
  const explaining = new Explaining({ clock, store, decided: () => null });
  const asked = explaining.explain({ name: 'orders', event: 'order.placed', pageWhen: PAGE_WHEN_DEFAULT }, 1000);
  await clock.advance(serverLimits.connectionTimeout - 1000);
  expect(await asked).toMatchObject({ is: 'slow', why: 'History did not answer within 8 s. Ask again.' });
});
