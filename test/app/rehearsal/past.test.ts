/** The demo's past before anything runs: told once, over since long ago, and finished where a start was killed in the middle of it. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { wanted } from '../../../alerting/delivery/wanted.ts';
import { after, type Incident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { DemoPast } from '../../../app/rehearsal/past.ts';
import { loadConfig } from '../../../platform/config/load.ts';
import type { EventLog } from '../../../platform/eventlog/eventlog.ts';
import { decodeJournal, type JournalLine } from '../../../platform/topics/incidents.ts';
import { decodeSignals } from '../../../platform/topics/signals.ts';
import { topics as topicsOf } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { type MemoryLog, memoryLog } from '../../support/memory-log.ts';
import { temporaryFolder } from '../../support/process.ts';
import { ROOT } from '../../support/sources.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const topics = topicsOf();
const folders: { remove(): void }[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

const { config } = loadConfig(readFileSync(`${ROOT}/examples/shop/plummet.yaml`, 'utf8'), { file: 'plummet.yaml', env: {} });

function place(): { log: MemoryLog; start: (log: EventLog, now?: number) => Promise<void> } {
  const folder = temporaryFolder();
  folders.push(folder);
  if (!config) throw new Error('the demo has no configuration');
  const options = { folder: folder.path, metrics: config.metrics, people: config.people, clock: systemClock };
  const start = (log: EventLog, now = Date.now()): Promise<void> => new DemoPast(options).rehearse(log, topics, now);
  return { log: memoryLog({ clock: systemClock }), start };
}

const journalOf = (log: MemoryLog): JournalLine[] => log.records(topics.incidents, 0).map(decodeJournal);
const folded = (lines: readonly JournalLine[]): Incident => lines.reduce<Incident>(after, UNKNOWN);

test('a new place has an outage of last week: paged, acknowledged by ana, resolved, and nobody is told of it again', async () => {
  const { log, start } = place();
  await start(log);
  const lines = journalOf(log);
  expect(lines.map(({ kind }) => kind)).toEqual([
    ...['opened', 'joined', 'escalated', 'intended', 'sent', 'acknowledged', 'intended', 'sent'],
    ...['recovered', 'recovered', 'resolved', 'intended', 'sent'],
  ]);
  const incident = folded(lines);
  if (incident.is !== 'resolved') throw new Error(`it is ${incident.is}`);
  expect(incident).toMatchObject({ severity: 1, inHand: { person: 'ana', via: 'link' }, held: null });
  expect(incident.falls.map(({ fell }) => fell.metric)).toEqual(['orders', 'payments']);
  expect(incident.deliveries.every(({ is, person }) => is === 'sent' && person === 'ana')).toBe(true);
  // About fifty orders a second for three minutes.
  expect(incident.missing).toBeGreaterThan(6000);
  expect(incident.missing).toBeLessThan(15_000);
  expect(Date.now() - incident.resolvedAt).toBeGreaterThan(7 * DAY_MS);
  expect(wanted(incident, Date.now())).toEqual([]);
  for (const [i, { at }] of lines.entries()) expect(at).toBeGreaterThanOrEqual(lines[i - 1]?.at ?? 0);
}, 30_000);

test('a start that was killed among the lines of the journal leaves nobody to be paged: the next one tells the rest', async () => {
  const { log, start } = place();
  let taken = 0;
  const torn: EventLog = {
    ...{ read: log.read.bind(log), ends: log.ends.bind(log), positionsAt: log.positionsAt.bind(log) },
    ...{ check: log.check.bind(log), close: log.close.bind(log) },
    append: async (topic, records) => {
      if (topic.name !== topics.incidents.name) return log.append(topic, records);
      const some = records.slice(0, 3);
      taken += some.length;
      await log.append(topic, some);
      throw new Error('killed');
    },
  };
  await expect(start(torn)).rejects.toThrow('killed');
  expect(taken).toBe(3);
  expect(folded(journalOf(log)).is).toBe('open');
  await start(log);
  expect(folded(journalOf(log)).is).toBe('resolved');
  expect(new Set(journalOf(log).map((line) => JSON.stringify(line))).size).toBe(journalOf(log).length);
}, 30_000);

test('a restart makes up nothing twice', async () => {
  const { log, start } = place();
  await start(log);
  const [signals, journal] = [log.records(topics.signals, 0), journalOf(log)];
  expect(signals).toHaveLength(7200);
  await start(log, Date.now() + 1000);
  expect(log.records(topics.signals, 0)).toHaveLength(7200);
  expect(journalOf(log)).toEqual(journal);
}, 30_000);

test('where a past is there already no weeks and no outage are made up', async () => {
  const { log, start } = place();
  await log.append(topics.signals, [
    { key: 'a', value: JSON.stringify({ second: 1, by: 'a', at: 1, silent: [], producers: 1, signals: [] }), partition: 0 },
  ]);
  await start(log);
  expect(journalOf(log)).toEqual([]);
  expect(decodeSignals(log.records(topics.signals, 0)[0] as never).by).toBe('a');
}, 30_000);
