import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ChildAnswer, startEmbedded } from '../../../platform/store/embedded/parent.ts';
import type { OpenOptions, Store } from '../../../platform/store/store.ts';
import { silentTelemetry, telemetryTo } from '../../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { eventually, temporaryFolder } from '../../support/process.ts';
import { ROOT } from '../../support/sources.ts';
import { answering, CHILD_FILE, testStore } from '../../support/stores.ts';

const RATES = { name: 'rates', columns: ['series', 'second'] };

function folder(): string {
  const { path, remove } = temporaryFolder();
  onTestFinished(remove);
  return path;
}

function opened(options: Partial<OpenOptions>): Store {
  const store = testStore(options);
  onTestFinished(() => store.close());
  return store;
}

test('comes back by itself after a kill, with everything that it answered', async () => {
  const told: string[] = [];
  const path = folder();
  const options = { folder: path, clock: systemClock, telemetry: telemetryTo((name) => told.push(name)), childFile: CHILD_FILE };
  const embedded = startEmbedded(options);
  onTestFinished(() => embedded.stop());
  const url = await eventually('its address', 20_000, async () => embedded.url());
  const store = await answering(opened({ url }));
  await store.insert(RATES, ['["a",1763694925]\n']);
  process.kill(embedded.pid as number, 'SIGKILL');
  await expect(store.insert(RATES, ['["b",1763694925]\n'])).rejects.toMatchObject({ kind: 'away' });
  // At the same address: who knew it goes on.
  await answering(store);
  expect(await store.rows('SELECT series FROM rates')).toEqual([{ series: 'a' }]);
  expect(told).toContain('storeRestarted');
});

test('answers nobody who has not its key', async () => {
  const embedded = startEmbedded({ folder: folder(), clock: systemClock, telemetry: silentTelemetry, childFile: CHILD_FILE });
  onTestFinished(() => embedded.stop());
  const url = new URL(await eventually('its address', 20_000, async () => embedded.url()));
  for (const password of ['', 'x'.repeat(url.password.length), `${url.password}x`]) {
    url.password = password;
    await expect(opened({ url: url.href }).rows('SELECT 1')).rejects.toMatchObject({ kind: 'password' });
  }
});

test('ends with its parent, however that ends', async () => {
  const path = folder();
  const script = join(path, 'parent.mjs');
  const module = join(ROOT, 'dist/platform/store/embedded/parent.js');
  writeFileSync(
    script,
    `import { startEmbedded } from ${JSON.stringify(module)};
    const after = (ms, run) => ({ cancel: clearTimeout.bind(null, setTimeout(run, ms)) });
    const clock = { wall: Date.now, monotonic: () => performance.now(), after };
    const telemetry = new Proxy({}, { get: () => () => undefined });
    const embedded = startEmbedded({ folder: ${JSON.stringify(join(path, 'store'))}, clock, telemetry });
    setInterval(() => { try { embedded.url(); process.send(embedded.pid); } catch {} }, 50);`,
  );
  const parent = fork(script);
  const [pid] = (await once(parent, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually('the end of the child', 5000, async () => !isAlive(pid));
});

test('says in one line that this machine cannot run it, and asks no more', async () => {
  const path = folder();
  const child = join(path, 'unsupported.mjs');
  writeFileSync(
    child,
    `process.once('message', () => process.send({ unsupported: 'no chdb for plan9-mips' })); process.on('message', () => process.exit());`,
  );
  const written: string[] = [];
  const store = opened({ folder: join(path, 'store'), childFile: child, write: (line) => written.push(line) });
  await eventually('the refusal', 10_000, async () => store.rows('SELECT 1').catch(({ kind }) => kind === 'unsupported'));
  await expect(store.rows('SELECT 1')).rejects.toMatchObject({ kind: 'unsupported' });
  expect(written).toEqual([
    expect.stringMatching(/cannot run here \(no chdb for plan9-mips\)\. There is no history; pages do not need it\./),
  ]);
});

test('says that somebody else has its folder, and goes on when that has ended', async () => {
  const path = folder();
  const first = await answering(testStore({ folder: path }));
  const written: string[] = [];
  const second = opened({ folder: path, write: (line) => written.push(line) });
  await eventually('the sentence', 10_000, async () => {
    await second.rows('SELECT 1').catch(() => undefined);
    return written.some((line) => line.includes('Is its folder in use by another Plummet'));
  });
  await first.close();
  await answering(second);
});

test('takes only what its one client says, and refuses the rest as a server does', async () => {
  const path = folder();
  mkdirSync(join(path, 'store'));
  const child: ChildProcess = fork(CHILD_FILE, { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.send({ folder: join(path, 'store'), key: 'k', port: 0 });
  const [answer] = (await once(child, 'message')) as [ChildAnswer];
  const base = `http://127.0.0.1:${'port' in answer ? answer.port : 0}`;
  const authorization = `Basic ${Buffer.from('plummet:k').toString('base64')}`;
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${base}${path}`, { method: 'POST', body, headers: { authorization } });
  expect(await (await fetch(`${base}/ping`)).text()).toBe('Ok.\n');
  expect((await fetch(`${base}/`, { method: 'POST', body: 'SELECT 1' })).status).toBe(403);
  const text = async (answered: Promise<Response>): Promise<string> => (await answered).text();
  expect(await text(post('/', 'SELECT 1 + 1'))).toBe('2\n');
  expect(await text(post('/?param_a=it%27s%5Ct', 'SELECT {a:String} AS a FORMAT JSONEachRow'))).toBe('{"a":"it\'s\\t"}\n');
  expect(await text(post('/', 'SELECT nothing'))).toMatch(/^Code: 47\. DB::Exception: /);
  expect(await text(post(`/?query=${encodeURIComponent('INSERT INTO FUNCTION file(x) FORMAT CSV')}`, '1'))).toContain('(NOT_IMPLEMENTED)');
  const large = await post('/', new Uint8Array(65 * 2 ** 20)).catch(() => null);
  if (large) expect(await large.text()).toContain('(TOO_MANY_BYTES)');
  expect(await text(post('/', 'SELECT 1'))).toBe('1\n');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
