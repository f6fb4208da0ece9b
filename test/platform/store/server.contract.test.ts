import { afterAll, beforeAll } from 'vitest';
import { storeContract } from '../../contracts/store.ts';
import { ClickHouse, freshDatabase, GIVEN_SERVER } from '../../support/clickhouse.ts';
import { answering, testStore } from '../../support/stores.ts';

let server: ClickHouse | undefined;
beforeAll(async () => {
  if (!GIVEN_SERVER) server = await ClickHouse.start();
});
afterAll(() => server?.stop());

storeContract('a ClickHouse server', async () => {
  const database = freshDatabase();
  const url = server ? server.url({ database }) : new URL(`/${database}`, GIVEN_SERVER).href;
  const stores = [testStore({ url })];
  return {
    store: stores[0] as (typeof stores)[0],
    async again(events) {
      const another = testStore({ url, ...(events !== undefined && { retention: { events, rates: null, incidents: null } }) });
      stores.push(another);
      return answering(another);
    },
    async end() {
      for (const store of stores) await store.close();
      const cleaning = testStore({ url });
      await cleaning.rows(`DROP DATABASE ${database}`);
      await cleaning.close();
    },
  };
});
