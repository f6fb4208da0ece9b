/** What every store keeps of raised thresholds, and which spans it says are no evidence. */
import { expect, test } from 'vitest';
import { annotate } from '../../platform/store/annotations.ts';
import { leftOutOf } from '../../platform/store/incident-spans.ts';
import { incidentsTable, journalRow } from '../../platform/store/incidents.ts';
import { readRaises, thresholdRow, thresholdsTable } from '../../platform/store/thresholds.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { LearnedThreshold } from '../../platform/topics/thresholds.ts';
import { fell } from '../support/fall.ts';
import type { StoreWorld } from './store.ts';

/** Some days ago, so that nothing is too old to be kept. */
const START = Math.floor(Date.now() / 60_000) * 60 - 3 * 86_400;
const SERIES = 'orders~1';

export function thresholdsContract(world: () => Promise<StoreWorld>): void {
  test('keeps each threshold that was learned from its second on; of one second the newest, of other series none', async () => {
    const { store } = await world();
    const fit = { sigmas: 7.02, low: 6.5, high: 7.9, mean: null, falsePagesByFormula: 20.5, isHeavier: true };
    const first: LearnedThreshold = {
      ...{ series: SERIES, by: 'a-1', from: START, asked: '0.4 13.3', formula: 5.994, raised: 7.1, before: null },
      ...{ days: 21.5, ofDays: 7, peaks: 40, fit, limitedBy: 'RAISE_TIMES_MAX' },
    };
    const second: LearnedThreshold = { ...first, from: START + 86_400, raised: null, before: 7.1, fit: null, limitedBy: null };
    const rows = [
      thresholdRow({ ...first, raised: 9 }, 3),
      thresholdRow(second, 9),
      thresholdRow(first, 5),
      thresholdRow({ ...first, series: 'other~1' }, 6),
    ];
    await store.insert(thresholdsTable, rows);
    await store.insert(thresholdsTable, [thresholdRow(second, 9)]);
    expect(await readRaises(store, SERIES, START + 2 * 86_400)).toEqual([first, second]);
    expect(await readRaises(store, SERIES, START + 86_400)).toEqual([first]);
  });

  test('knows the outages of a series and what was made up; what was over at once is no outage', async () => {
    const { store } = await world();
    const opened = (incident: string, at: number, series = SERIES): JournalLine => {
      return { kind: 'opened', incident, at: at * 1000, by: 'a', severity: 1, second: at, fell: fell('orders', at, { series }) };
    };
    const recovered = (incident: string, second: number, series = SERIES): JournalLine => {
      return { kind: 'recovered', incident, at: second * 1000, by: 'a', series, second, missing: 1 };
    };
    const lines = [
      ...[opened('long', START), recovered('long', START + 900), opened('brief', START + 5000), recovered('brief', START + 5120)],
      ...[opened('other', START + 9000, 'other~1'), recovered('other', START + 9900, 'other~1')],
    ];
    await store.insert(incidentsTable, [lines.map((line, i) => journalRow(line, i)).join('')]);
    const about = { text: '', writer: 'demo' };
    const [from, to] = [START + 20_000, START + 30_000];
    const marks = [
      { ...about, id: 'made-up', kind: 'rehearsed', at: from * 1000, until: to * 1000 },
      { ...about, id: 'deploy', kind: 'deploy', at: START * 1000, until: null },
    ];
    await annotate(store, marks, START * 1000);
    expect(await leftOutOf(store, SERIES, START - 86_400, START + 86_400)).toEqual([
      { from: START - 4 - 600, to: START + 901 },
      { from, to: to + 1 },
    ]);
  });
}
