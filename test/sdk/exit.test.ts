import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gateway } from './gateway.ts';

const APP = fileURLToPath(new URL('./app.ts', import.meta.url));
/** Promised are 5 s; five times that, and what the start of a process takes. */
const DEADLINE_MS = 40_000;

let gateway: Gateway;
let url: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  gateway = new Gateway();
  url = await gateway.listen();
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await gateway.kill();
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Runs the app until it ends; `signals` are sent once it is up, one after the other. */
async function run(behaviour: string, at: string, ...signals: NodeJS.Signals[]): Promise<Ended> {
  const app = spawn(process.execPath, ['--import', 'tsx', APP, at, behaviour], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = app;
  let said = '';
  app.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(app, 'exit');
  await new Promise<void>((resolve) => {
    app.stdout.on('data', (chunk) => {
      said += chunk;
      if (String(chunk).includes('up')) resolve();
    });
  });
  for (const signal of signals) {
    app.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const [code, signal] = await ended;
  return { code, signal, said };
}

test('a process that has nothing left to do sends what waits, says goodbye and ends with 0', { timeout: DEADLINE_MS }, async () => {
  expect(await run('ends', url)).toMatchObject({ code: 0, signal: null });
  expect(gateway.amounts).toEqual([1, 2]);
  expect(gateway.arrived.at(-1)?.batch).toMatchObject({ bye: true, published: 2 });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a process that gets %s sends what waits, says goodbye and dies of it',
  { timeout: DEADLINE_MS },
  async (signal) => {
    expect(await run('serves', url, signal)).toMatchObject({ code: null, signal });
    expect(gateway.amounts).toEqual([1, 2]);
    expect(gateway.arrived.at(-1)?.batch).toMatchObject({ bye: true, published: 2 });
  },
);

test('an app that handles SIGTERM itself keeps its own way and its exit code; what it still publishes is delivered with the goodbye', {
  timeout: DEADLINE_MS,
}, async () => {
  expect(await run('drains', url, 'SIGTERM')).toMatchObject({ code: 7, signal: null, said: expect.stringContaining('draining') });
  expect(gateway.amounts).toEqual([1, 2, 3]);
  const byes = gateway.arrived.map(({ batch }) => [batch.bye ?? false, batch.events.length]);
  expect(byes.at(-1)).toEqual([true, expect.any(Number)]);
  expect(byes.slice(byes.findIndex(([bye]) => bye)).every(([bye]) => bye)).toBe(true);
});

test('an app with the package signal-exit dies of SIGTERM after both have done their work', { timeout: DEADLINE_MS }, async () => {
  expect(await run('signal-exit', url, 'SIGTERM')).toMatchObject({
    code: null,
    signal: 'SIGTERM',
    said: expect.stringContaining('cleaned up'),
  });
  expect(gateway.arrived.at(-1)?.batch).toMatchObject({ bye: true, published: 2 });
});

test('where nobody answers, the process ends all the same, and says what was lost; a second signal ends it at once', {
  timeout: DEADLINE_MS,
}, async () => {
  await gateway.kill();
  const ended = await run('serves', url, 'SIGTERM');
  expect(ended).toMatchObject({ code: null, signal: 'SIGTERM', said: expect.stringMatching(/closed with 2 events undelivered/) });
  const start = performance.now();
  expect(await run('serves', url, 'SIGINT', 'SIGINT')).toMatchObject({
    code: null,
    signal: 'SIGINT',
    said: expect.not.stringMatching(/undelivered/),
  });
  expect(performance.now() - start).toBeLessThan(DEADLINE_MS);
  await gateway.listen();
});
