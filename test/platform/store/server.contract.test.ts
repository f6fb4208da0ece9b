import { afterAll, beforeAll } from 'vitest';
import { storeContract } from '../../contracts/store.ts';
import { ClickHouse, freshDatabase, GIVEN_SERVER } from '../../support/clickhouse.ts';
import { inDatabase } from '../../support/stores.ts';

let server: ClickHouse | undefined;
beforeAll(async () => {
  if (!GIVEN_SERVER) server = await ClickHouse.start();
});
afterAll(() => server?.stop());

storeContract('a ClickHouse server', async () => inDatabase(server?.url() ?? (GIVEN_SERVER as string), freshDatabase()));
