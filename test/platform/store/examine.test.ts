import { afterAll, beforeAll, expect, test } from 'vitest';
import { examineStore } from '../../../platform/store/examine.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import type { Diagnosis } from '../../../platform/units/diagnosis.ts';
import { ClickHouse, freshDatabase } from '../../support/clickhouse.ts';
import { answering, testStore } from '../../support/stores.ts';

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

const examined = (url: string, cluster?: string): Promise<Diagnosis[]> => examineStore({ url, cluster }, systemClock);
const wrongIn = (found: readonly Diagnosis[]): Diagnosis[] => found.filter(({ is }) => is !== 'well');

async function made(): Promise<string> {
  const database = freshDatabase();
  await (await answering(testStore({ url: server.url({ database }) }))).close();
  return database;
}

test('a server as it should be leaves nothing to say', async () => {
  const found = await examined(server.url({ database: await made() }));
  expect(wrongIn(found).filter(({ of }) => !of.startsWith('disk'))).toEqual([]);
  expect(found.map(({ of }) => of.split(' ')[0])).toEqual(['server', 'database', 'rights', 'disk']);
  expect(found[0]?.says).toMatch(/^ClickHouse \d+\.\d+.*; it lets plummet in\.$/);
});

test('a user who may only write is enough where the tables are made', async () => {
  const [right, ...more] = wrongIn(await examined(server.url({ as: 'writer:right', database: await made() })));
  expect(more.filter(({ of }) => !of.startsWith('disk'))).toEqual([]);
  expect(right).toMatchObject({ is: 'warning', of: 'rights', mend: [expect.stringMatching(/^GRANT ALTER TABLE ON `\w+`\.\* TO writer$/)] });
});

test('a user who may not use the engines is told so, where the tables are not made yet', async () => {
  const [right] = wrongIn(await examined(server.url({ as: 'writer:right', database: freshDatabase() })));
  expect(right).toMatchObject({ is: 'ill', of: 'rights', says: expect.stringContaining('TABLE ENGINE ON AggregatingMergeTree') });
  expect(right).toMatchObject({ mend: expect.arrayContaining(['GRANT TABLE ENGINE ON AggregatingMergeTree TO writer']) });
});

test('a cluster that the server does not know is ill, and the rest is told all the same', async () => {
  const found = await examined(server.url(), 'nowhere');
  expect(found.find(({ of }) => of === 'cluster nowhere')).toMatchObject({
    is: 'ill',
    says: expect.stringMatching(/knows no cluster "nowhere"\. Correct store\.clickhouse\.cluster/),
  });
  expect(found.some(({ of }) => of === 'rights')).toBe(true);
});

test('a server that hangs is given up, and said to', async () => {
  const other = await ClickHouse.start();
  other.hang();
  const found = await examined(other.url());
  other.goOn();
  await other.stop();
  expect(found).toMatchObject([{ is: 'ill', of: 'server', says: expect.stringMatching(/has not answered for 10 s/) }]);
}, 60_000);

test('nothing is made by looking', async () => {
  const before = await server.ask('SHOW DATABASES');
  await examined(server.url());
  expect(await server.ask('SHOW DATABASES')).toBe(before);
});
