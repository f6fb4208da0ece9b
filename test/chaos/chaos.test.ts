/** The short form of `npm run chaos`: a few rows at each commit, all of them at night. */
import { expect, test } from 'vitest';
import { chaos } from './chaos.ts';
import { FAULTS } from './faults.ts';
import { holds } from './table.ts';

/** A detector, a broker, and a disk: about two minutes on an idle machine. */
const SHORT = ['F04', 'F13', 'F28'];
const IS_LONG = Boolean(process.env.PLUMMET_NIGHTLY);
const seed = Number(process.env.PLUMMET_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Five times as long where others work on it. */
const SECONDS = IS_LONG ? 4 * 3600 : 600;

test(
  'faults on real processes lose nothing, count nothing twice, and page outages and nothing else',
  async () => {
    const faults = FAULTS.filter(({ id }) => IS_LONG || SHORT.includes(id));
    const { rows, notFitting, eventsPerSecond } = await chaos({ faults, seed, seconds: SECONDS, say: (line) => console.log(line) });
    expect(rows.filter((row) => !holds(row)).map(({ id, problems }) => ({ id, problems }))).toEqual([]);
    expect({ rows: rows.length, notFitting }).toEqual({ rows: faults.length, notFitting: [] });
    // A fifth of the 20,000 that are promised, as every test allows five times the promise.
    expect(eventsPerSecond).toBeGreaterThan(20_000 / 5);
  },
  (SECONDS + 60) * 1000,
);
