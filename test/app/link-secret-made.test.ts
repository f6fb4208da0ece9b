import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLinkSecrets } from '../../app/link-secrets.ts';
import { temporaryFolder } from '../support/process.ts';

function folder(): string {
  const { path, remove } = temporaryFolder();
  onTestFinished(remove);
  return path;
}

const secretOf = async (path: string): Promise<Buffer> => Buffer.from((await openLinkSecrets(path)).first());

test('processes that start in one folder at the same time sign links with one secret, also after a restart', async () => {
  const path = folder();
  const secrets = await Promise.all(Array.from({ length: 8 }, () => secretOf(path)));
  const again = await secretOf(path);
  expect(new Set([...secrets, again].map((secret) => secret.toString('hex'))).size).toBe(1);
  expect(again).toHaveLength(32);
  expect(readdirSync(path)).toEqual(['link-secret']);
  expect(statSync(join(path, 'link-secret')).mode & 0o777).toBe(0o600);
});

test('a secret that was cut is made anew', async () => {
  const path = folder();
  writeFileSync(join(path, 'link-secret'), 'short');
  expect(await secretOf(path)).toHaveLength(32);
});
