/** The file event log: durable appends, what they cost, and reading back, against bare files with the same bytes. */
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { openFileLog } from '../platform/eventlog/file/file.ts';
import type { Topic } from '../platform/topics/topic.ts';
import { systemClock } from '../platform/units/clock.ts';
import type { BenchRow } from './row.ts';

const TOPIC: Topic = { name: 'events', partitions: 3, keeps: 'forever' };
const APPENDERS = 100;
const APPENDS = 60_000;
const BARE_APPENDS = 2_000;
/** A batch of 500 events, roughly. */
const RECORD_BYTES = 4_000;
const STEADY_PER_SECOND = 3_000;
const STEADY_SECONDS = 4;
const READERS = 3;

export async function eventlogAppend(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plummet-bench-'));
  try {
    const log = await openFileLog({ folder: path.join(folder, 'log'), clock: systemClock, topics: [TOPIC] });
    const perSecond = await together(log);
    const cores = await steady(log);
    await log.close();
    const bare = await bareSyncs(path.join(folder, 'bare'));
    const reading = await readBack(path.join(folder, 'log'));
    return [
      {
        name: `durable appends of 4 kB, ${APPENDERS} at once`,
        value: perSecond,
        unit: 'appends/s',
        against: 'bare write + fdatasync of the same bytes, one after the other',
        ratio: perSecond / bare,
        floor: 2,
      },
      {
        name: 'durable megabytes by the same',
        value: (perSecond * RECORD_BYTES) / 1e6,
        unit: 'MB/s',
        against: '12 MB/s, which 3,000 batches a second are',
        ratio: (perSecond * RECORD_BYTES) / 12e6,
        floor: 1,
      },
      {
        name: `CPU of ${STEADY_PER_SECOND.toLocaleString('en-US')} durable appends of 4 kB a second with ${READERS} readers`,
        value: cores,
        unit: 'cores',
        against: 'half a core (as how many times less)',
        ratio: 0.5 / cores,
        floor: 1,
      },
      {
        name: 'reading back from files, checked and decoded',
        value: reading.ours,
        unit: 'MB a CPU-second',
        against: 'readFile and CRC-32 of the same files',
        ratio: reading.ours / reading.bare,
        floor: 0.3,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const value = '{"type":"order.placed"},'.repeat(Math.ceil(RECORD_BYTES / 24)).slice(0, RECORD_BYTES);

async function together(log: EventLog): Promise<number> {
  const from = performance.now();
  const appenders = Array.from({ length: APPENDERS }, async (_, appender) => {
    for (let i = 0; i < APPENDS / APPENDERS; i++) await log.append(TOPIC, [{ key: `shop-${appender}`, value }]);
  });
  await Promise.all(appenders);
  return (APPENDS * 1000) / (performance.now() - from);
}

/** Cores used, readers and acknowledgements included. */
async function steady(log: EventLog): Promise<number> {
  let seen = 0;
  const readers = Array.from({ length: READERS }, () =>
    log.read(TOPIC, new Map(), (records) => {
      seen += records.length;
    }),
  );
  await Promise.all(readers.map((reader) => reader.caughtUp()));
  const from = performance.now();
  const cpu = process.cpuUsage();
  const appends: Promise<unknown>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = ((performance.now() - from) * STEADY_PER_SECOND) / 1000;
      while (appends.length < due) appends.push(log.append(TOPIC, [{ key: `shop-${appends.length % 300}`, value }]));
      if (appends.length < STEADY_PER_SECOND * STEADY_SECONDS) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  await Promise.all(appends);
  await Promise.all(readers.map((reader) => reader.caughtUp()));
  const { user, system } = process.cpuUsage(cpu);
  const cores = (user + system) / 1000 / (performance.now() - from);
  await Promise.all(readers.map((reader) => reader.stop()));
  const all = [...(await log.ends(TOPIC)).values()].reduce((sum, end) => sum + end);
  if (seen !== all * READERS) throw new Error(`${READERS} readers saw ${seen} records of ${all}`);
  return cores;
}

async function bareSyncs(path: string): Promise<number> {
  const bytes = Buffer.from(value);
  const file = await open(path, 'w');
  const from = performance.now();
  for (let i = 0; i < BARE_APPENDS; i++) {
    await file.write(bytes);
    await file.datasync();
  }
  const perSecond = (BARE_APPENDS * 1000) / (performance.now() - from);
  await file.close();
  return perSecond;
}

async function readBack(folder: string): Promise<{ ours: number; bare: number }> {
  const log = await openFileLog({ folder, clock: systemClock, topics: [TOPIC] });
  let bytes = 0;
  const ours = await cpuSeconds(async () => {
    const reader = log.read(TOPIC, new Map(), (records) => {
      for (const record of records) bytes += record.value.length;
    });
    await reader.caughtUp();
    await reader.stop();
  });
  await log.close();
  const bare = await cpuSeconds(async () => {
    for (const partition of await readdir(path.join(folder, TOPIC.name))) {
      const inside = path.join(folder, TOPIC.name, partition);
      for (const file of await readdir(inside)) crc32(await readFile(path.join(inside, file)));
    }
  });
  return { ours: bytes / 1e6 / ours, bare: bytes / 1e6 / bare };
}

async function cpuSeconds(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
