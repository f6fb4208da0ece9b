import { afterAll, beforeAll } from 'vitest';
import { startEmbedded } from '../../../platform/store/embedded/parent.ts';
import { silentTelemetry } from '../../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { storeContract } from '../../contracts/store.ts';
import { freshDatabase } from '../../support/clickhouse.ts';
import { eventually, temporaryFolder } from '../../support/process.ts';
import { CHILD_FILE, inDatabase } from '../../support/stores.ts';

const folder = temporaryFolder();
const embedded = startEmbedded({ folder: folder.path, clock: systemClock, telemetry: silentTelemetry, childFile: CHILD_FILE });
beforeAll(() => eventually('the embedded store', 25_000, async () => embedded.url()));
afterAll(async () => {
  await embedded.stop();
  folder.remove();
});

storeContract('the embedded store', async () => inDatabase(embedded.url(), freshDatabase()));
