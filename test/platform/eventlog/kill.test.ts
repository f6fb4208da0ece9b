/** kill -9 in the middle of appends. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Appending, expectAllThere } from './appending.ts';
import { tempFolder } from './folder.ts';

test('kill -9 at any moment loses nothing acknowledged and needs no repair, 20 times over', async () => {
  const folder = await tempFolder();
  const acknowledged = [];
  for (let round = 0; round < 20; round++) {
    const appending = new Appending({ folder, round, appenders: 30, characters: randomInt(20, 3_000), segmentBytesMax: 300_000 });
    await appending.ready();
    await new Promise((resolve) => setTimeout(resolve, randomInt(1, 120)));
    await appending.kill();
    acknowledged.push(...appending.acknowledged);
    await expectAllThere(folder, acknowledged);
  }
  expect(acknowledged.length).toBeGreaterThan(20);
}, 120_000);
