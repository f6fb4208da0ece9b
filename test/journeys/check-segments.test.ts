import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSegments } from '../../app/cli/check-segments.ts';
import type { Output } from '../../app/cli/output.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { eventsTable, foreignRow } from '../../platform/store/events.ts';
import { temporaryFolder } from '../support/process.ts';
import { answering, CHILD_FILE, testStore } from '../support/stores.ts';

const EVENT = 'order.placed';
const folder = temporaryFolder();
const ORDERS = 6000;
let said = '';
const output: Output = {
  line: () => undefined,
  talk: (line = '') => {
    said += line;
  },
  json: () => undefined,
  style: (_, words) => words,
  mark: { good: '✓', warning: '!', bad: '✗', waiting: '…' },
};

beforeAll(async () => {
  const store = await answering(testStore({ folder: join(folder.path, 'store') }));
  const now = Date.now();
  const rows = Array.from({ length: ORDERS }, (_, i) => {
    const data = { country: ['de', 'at', 'nl'][i % 3] as string, order: `o-${i}`, product: i % 300 };
    return foreignRow({ type: EVENT, time: now - i, source: 's', id: `${i}`, data }, 0, { partition: 0, offset: i, appendedAt: now });
  });
  await store.insert(eventsTable, rows);
  await store.close();
}, 60_000);
afterAll(() => folder.remove());

function metric(by: string): string {
  return `  by-${by.replace(/\W.*/, '')}: { event: ${EVENT}, kind: write, by: ${by} }\n`;
}

test('fields with too many values are told with their place, those without end as mistakes', async () => {
  const text = `metrics:\n${metric('country')}${metric('order')}${metric('product')}${metric('plan')}`;
  const { config } = loadConfig(text, { file: 'plummet.yaml', env: {} });
  const asked = { config: config!, text, file: 'plummet.yaml', folder: folder.path, childFile: CHILD_FILE };
  const problems = await checkSegments(asked, output);
  expect(said).toBe('');
  expect(problems.map(({ line, column, warning }) => [line, column, warning ?? false])).toEqual([
    [3, 53, false],
    [4, 55, true],
  ]);
  const [order, product] = problems;
  expect(order?.message).toMatch(/^`order` had [56],\d{3} values in 6,000 archived `order.placed`: it goes on without end/);
  expect(order?.hint).toMatch(/a field with few values, like `country`/);
  expect(product?.message).toMatch(/^`product` had (29|30)\d values in 6,000 archived `order.placed`\.$/);
  expect(await checkSegments({ ...asked, folder: join(folder.path, 'nowhere') }, output)).toEqual([]);
}, 60_000);
