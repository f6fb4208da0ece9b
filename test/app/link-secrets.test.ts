import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { linksTo } from '../../alerting/delivery/links.ts';
import { type OpenLinkSecrets, openLinkSecrets } from '../../app/link-secrets.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { topics as topicsOf } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { eventually, temporaryFolder } from '../support/process.ts';

const topics = topicsOf();
const OPENED = Date.UTC(2025, 10, 21, 14);
const WITHIN_MS = 5000;

let folder: { path: string; remove(): void };
let log: MemoryLog;

beforeEach(() => {
  folder = temporaryFolder();
  log = memoryLog({ clock: systemClock });
});
afterEach(() => folder.remove());

function dataOf(machine: string): string {
  const data = join(folder.path, machine);
  mkdirSync(data, { recursive: true });
  return data;
}

async function start(machine: string, way: 'kafka' | 'embedded' = 'kafka'): Promise<OpenLinkSecrets> {
  const by = { log: log.another(), topics, clock: systemClock, telemetry: silentTelemetry };
  const secrets = await openLinkSecrets(dataOf(machine), way === 'kafka' ? by : undefined);
  onTestFinished(() => secrets.stop());
  return secrets;
}

const linkOf = (secrets: OpenLinkSecrets): string => {
  return linksTo('https://plummet.example.com', secrets).acknowledge('inc-1', 'ana', OPENED).split('/').at(-1) as string;
};
const opens = (secrets: OpenLinkSecrets, link: string): boolean => linksTo('', secrets).read(link, OPENED) !== null;

test('a data folder alone makes a secret that only its owner reads, and that outlives a restart', async () => {
  const link = linkOf(await start('a', 'embedded'));
  expect(statSync(join(dataOf('a'), 'link-secret')).mode & 0o777).toBe(0o600);
  expect(opens(await start('a', 'embedded'), link)).toBe(true);
  expect(opens(await start('b', 'embedded'), link)).toBe(false);
});

test('over Kafka a link of one machine opens at the other, whichever was there first and whichever is started again', async () => {
  const a = await start('a');
  await eventually('its word', WITHIN_MS, async () => log.records(topics.config, 0).length === 1);
  const b = await start('b');
  expect(opens(b, linkOf(a))).toBe(true);
  expect(opens(a, linkOf(b))).toBe(true);
  const again = await start('b');
  expect([linkOf(again), linkOf(await start('a'))]).toEqual([linkOf(a), linkOf(a)]);
  expect(log.records(topics.config, 0)).toHaveLength(1);
});

test('two that begin at once both tell theirs: both open, and both sign by whose came first', async () => {
  const [a, b] = await Promise.all([start('a'), start('b')]);
  await eventually('one first', WITHIN_MS, async () => a.all().length >= 2 && b.all().length >= 2 && linkOf(a) === linkOf(b));
  const [first] = log.records(topics.config, 0);
  expect(JSON.parse(first?.value as string).secret).toBe(Buffer.from(a.first()).toString('base64url'));
});

test('links that folders signed before they shared anything go on opening, at every machine', async () => {
  const old = await Promise.all(['a', 'b'].map(async (machine) => linkOf(await start(machine, 'embedded'))));
  const now = [await start('a'), await start('b')];
  await eventually('both secrets', WITHIN_MS, async () => now.every((secrets) => old.every((link) => opens(secrets, link))));
  const late = await start('c');
  expect(old.map((link) => opens(late, link))).toEqual([true, true]);
  expect(linkOf(late)).toBe(linkOf(now[0] as OpenLinkSecrets));
});

test('an event log that takes nothing for a while: this folder signs, and tells it when it can', async () => {
  log.failAppends(topics.config, Number.POSITIVE_INFINITY);
  const a = await start('a');
  const link = linkOf(a);
  log.failAppends(topics.config, 0);
  await eventually('its word', WITHIN_MS, async () => log.records(topics.config, 0).length === 1);
  expect(opens(await start('b'), link)).toBe(true);
});

test('a record of a newer program, or one that is no secret, is passed over', async () => {
  const values = ['', '{', 'null', '{"v":2,"is":"link-secret","secret":"AAAA"}', '{"v":1,"is":"link-secret","secret":"AAAA"}'];
  await log.append(
    topics.config,
    values.map((value, i) => ({ key: `link-secret/${i}`, value, partition: 0 })),
  );
  const a = await start('a');
  expect(a.all().every((secret) => secret.length === 32)).toBe(true);
  expect(readFileSync(join(dataOf('a'), 'link-secret'))).toEqual(Buffer.from(a.first()));
});

test('a secret that is taken back, as a tombstone under its key and a file removed, opens nothing any more', async () => {
  const a = await start('a');
  const link = linkOf(a);
  await eventually('its word', WITHIN_MS, async () => log.records(topics.config, 0).length === 1);
  const { key } = log.records(topics.config, 0)[0] as { key: string };
  await log.append(topics.config, [{ key, value: '', partition: 0 }]);
  rmSync(join(dataOf('a'), 'link-secret'));
  const again = await start('a');
  expect(opens(again, linkOf(again))).toBe(true);
  expect(opens(again, link)).toBe(false);
});

test('half a secret on the disk is made anew', async () => {
  writeFileSync(join(dataOf('a'), 'link-secret'), 'short');
  expect((await start('a', 'embedded')).first()).toHaveLength(32);
});
