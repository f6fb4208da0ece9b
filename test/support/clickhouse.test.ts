import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ClickHouse } from './clickhouse.ts';
import { eventually, temporaryFolder } from './process.ts';
import { ROOT } from './sources.ts';

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

test('the tests have a real ClickHouse server with real users', async () => {
  expect(await server.ask('SELECT 6 * 7')).toBe('42');
  expect(await server.ask('SELECT 1', { as: 'plummet:wrong' })).toContain('AUTHENTICATION_FAILED');
  expect(await server.ask('CREATE DATABASE theirs', { as: 'reader:right' })).toContain('ACCESS_DENIED');
});

test('what it took is there after a kill', async () => {
  await server.ask('CREATE DATABASE kept');
  await server.ask('CREATE TABLE kept.numbers (n UInt8) ENGINE = MergeTree ORDER BY n');
  await server.ask('INSERT INTO kept.numbers VALUES (1), (2)');
  await server.kill();
  await server.restart();
  expect(await server.ask('SELECT count() FROM kept.numbers')).toBe('2');
});

test('it ends with the test process, however that ends', async () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const module = join(ROOT, 'test/support/clickhouse.ts');
  const script = `import { ClickHouse } from ${JSON.stringify(module)};
    console.log((await ClickHouse.start()).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Nobody is left to remove its folder.
    env: { ...process.env, TMPDIR: folder.path },
  });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually('the end of the server', 5000, async () => !isAlive(pid));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
