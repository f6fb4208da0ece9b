import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistoryStore } from '../../../app/cli/history-store.ts';
import { UserError } from '../../../app/cli/output.ts';
import { loadConfig } from '../../../platform/config/load.ts';
import { addressFile, publishAddress, publishedAddress, withdrawAddress } from '../../../platform/store/embedded/address.ts';
import type { Store } from '../../../platform/store/store.ts';
import { temporaryFolder } from '../../support/process.ts';
import { answering, CHILD_FILE, testStore } from '../../support/stores.ts';

const OPEN_MS_MAX = 60_000;

function folder(): string {
  const { path, remove } = temporaryFolder();
  onTestFinished(remove);
  return path;
}

async function opened(path: string, yaml = '', make = true): Promise<Store> {
  const { config } = loadConfig(`metrics: { orders: { event: order.placed, kind: write } }\n${yaml}`, { file: 'a.yaml', env: {} });
  if (!config) throw new Error('the YAML of the test is wrong');
  const store = await openHistoryStore({ config, folder: path, write: () => undefined, childFile: CHILD_FILE, make });
  onTestFinished(() => store.close());
  return store;
}

const databases = (store: Store) => store.rows<{ name: string }>("SELECT name FROM system.databases WHERE name = 'plummet'");

test(
  'a command goes through the Plummet that runs the store, by a file that only this user may read',
  async () => {
    const path = folder();
    const file = addressFile(join(path, 'store'));
    const running = await answering(testStore({ folder: join(path, 'store') }));
    onTestFinished(() => running.close());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const store = await opened(path);
    expect(await databases(store)).toEqual([{ name: 'plummet' }]);
    await store.close();
    expect(await databases(running)).toHaveLength(1);
    await running.close();
    expect(existsSync(file)).toBe(false);
    await expect(store.rows('SELECT 1')).rejects.toThrow(/closed/);
  },
  OPEN_MS_MAX,
);

test(
  'of two commands where no Plummet runs the second waits for the first',
  async () => {
    const path = folder();
    const first = await opened(path);
    expect(existsSync(addressFile(join(path, 'store')))).toBe(false);
    let isSecond = false;
    const second = opened(path).then((store) => {
      isSecond = true;
      return store;
    });
    expect(await databases(first)).toHaveLength(1);
    expect(isSecond).toBe(false);
    await first.close();
    expect(await databases(await second)).toHaveLength(1);
  },
  OPEN_MS_MAX,
);

test(
  'what a killed one left behind, and what is no address of this machine, is passed over',
  async () => {
    const path = folder();
    const file = addressFile(join(path, 'store'));
    for (const left of ['http://plummet:abc@evil.example:80/plummet', 'http://plummet:abc@127.0.0.1:80@evil.example/plummet', '']) {
      writeFileSync(file, `${left}\n`);
      expect(publishedAddress(join(path, 'store'))).toBeNull();
    }
    writeFileSync(file, 'http://plummet:abc123@127.0.0.1:9/plummet\n');
    expect(await databases(await opened(path))).toHaveLength(1);
  },
  OPEN_MS_MAX,
);

test(
  'a store of a newer Plummet is left as it is, run by that one or by nobody',
  async () => {
    const path = folder();
    const running = await answering(testStore({ folder: join(path, 'store') }));
    onTestFinished(() => running.close());
    await running.insert({ name: 'migrations', columns: ['version', 'name'] }, ['[999,"of tomorrow"]\n']);
    await expect(opened(path)).rejects.toThrow(/are of version 999, made by a newer Plummet.* Update this Plummet/);
    await running.close();
    await expect(opened(path)).rejects.toThrow(/are of version 999/);
  },
  OPEN_MS_MAX,
);

test('an address is withdrawn by whoever published it, and by nobody else', () => {
  const store = join(folder(), 'store');
  const [mine, theirs] = ['http://plummet:a1@127.0.0.1:1234/plummet', 'http://plummet:b2@127.0.0.1:4321/plummet'];
  publishAddress(store, mine);
  chmodSync(addressFile(store), 0o644);
  publishAddress(store, theirs);
  expect(statSync(addressFile(store)).mode & 0o777).toBe(0o600);
  withdrawAddress(store, mine);
  expect(publishedAddress(store)).toBe(theirs);
  withdrawAddress(store, theirs);
  expect(publishedAddress(store)).toBeNull();
  expect(() => publishAddress(join(store, 'not', 'there'), mine)).not.toThrow();
});

test('where no history is kept, or nobody answers, a person is told what to do', async () => {
  const path = folder();
  await expect(opened(path, 'store: none')).rejects.toThrow(UserError);
  await expect(opened(path, 'store: { clickhouse: { url: "http://ana:hunter2@127.0.0.1:9" } }')).rejects.toThrow(
    /ClickHouse at http:\/\/127\.0\.0\.1:9 does not answer \(ECONNREFUSED\)\. Start it/,
  );
  await expect(opened(join(path, 'typo'), '', false)).rejects.toThrow(/there is no history in .*typo/);
  expect(existsSync(join(path, 'typo'))).toBe(false);
  const file = join(path, 'file');
  writeFileSync(file, '');
  await expect(opened(file)).rejects.toThrow(/cannot be made \(ENOTDIR\)/);
  expect(readFileSync(file, 'utf8')).toBe('');
});
