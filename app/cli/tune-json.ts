/** One line of JSON of a tuning. Rates in events/s, times in seconds (since the epoch where they are moments), shares 0..1. */
import { raiseOf } from '../../detectors/steep-drop/threshold.ts';
import { expectedPerYear } from '../../detectors/tuning/recommend.ts';
import { type Delay, type Delays, type Part, type Row, realOf } from '../../detectors/tuning/rows.ts';
import { short } from './backtest-words.ts';
import type { Tuned } from './tune-result.ts';
import { yamlOf } from './tune-words.ts';

export function tuneJson(tuned: Tuned): object {
  const { name, rows, frontier, inForce, recommended, budget, reals, hours, whole, first, last, notes } = tuned;
  const { index, heldOut } = recommended;
  const row = rows[index] as Row;
  return {
    name,
    from: whole.from,
    to: whole.to,
    judgedSeconds: whole.judged,
    budgetPerYear: short(budget),
    quietHour: { startsAt: hours.quiet.starts, rate: short(hours.quiet.rate) },
    busyHour: { startsAt: hours.busy.starts, rate: short(hours.busy.rate) },
    real: reals,
    grid: rows.map((each, i) => ({
      ...rowJson(each, tuned),
      isInForce: i === inForce,
      isOnFrontier: frontier.includes(i),
      isRecommended: i === index,
    })),
    recommended: {
      ...rowJson(row, tuned),
      yaml: yamlOf(row.setting),
      isInForce: index === inForce,
      isForWant: recommended.isForWant,
      among: recommended.among,
      chosenBy: partJson(first),
      heldOut: {
        ...partJson(last),
        confirmed: heldOut.isConfirmed,
        doubts: heldOut.doubts,
        falsePages: heldOut.row.falsePages,
        ...perYear(heldOut.row),
        realFound: heldOut.row.realFound,
        realOf: heldOut.row.realOf,
        delay: { quiet: delaysJson(heldOut.row.delay.quiet), busy: delaysJson(heldOut.row.delay.busy) },
        inForce: { falsePages: heldOut.inForce.falsePages, halfLostQuiet: figure(heldOut.inForce.halfQuiet) },
        halfLostQuiet: figure(heldOut.row.halfQuiet),
      },
    },
    notes,
  };
}

const partJson = ({ from, to, judged }: Part): object => ({ from, to, judgedSeconds: judged });

function rowJson(row: Row, { reals }: Tuned): object {
  const { drop, withinSeconds, percentPerSecond, eventsPerSecond2, falsePagesPerYear, forSeconds } = row.setting.pageWhen;
  const { raisedFrom, raisedByDays } = raiseOf(row.setting.pageWhen);
  return {
    drop: short(drop),
    derivative: short(percentPerSecond ?? (-100 * drop) / withinSeconds),
    ...(eventsPerSecond2 !== undefined && { eventsPerSecond2 }),
    within: short(withinSeconds),
    for: forSeconds,
    allowedPerYear: short(falsePagesPerYear),
    sigmas: short(row.sigmas),
    ...(raisedFrom !== undefined && { raisedFromSigmas: short(-raisedFrom), raisedByDays }),
    pages: row.pages.length,
    falsePages: row.falsePages,
    ...perYear(row),
    realFound: row.realFound,
    realOf: row.realOf,
    delay: { quiet: delaysJson(row.delay.quiet), busy: delaysJson(row.delay.busy) },
    halfLostQuiet: figure(row.halfQuiet),
    sent: row.pages.map((page) => ({
      at: page.at,
      resolvedAt: page.resolvedAt,
      drop: short(page.drop),
      isReal: realOf(page, reals) !== null,
    })),
  };
}

function perYear(row: Row): object {
  const { value, low, high } = row.perYear;
  return {
    falsePagesPerYear: short(value),
    falsePagesPerYearLow: short(low),
    falsePagesPerYearHigh: short(high),
    falsePagesPerYearExpected: short(expectedPerYear(row)),
  };
}

const delaysJson = (delays: Delays): object => Object.fromEntries(Object.entries(delays).map(([lost, delay]) => [lost, delayJson(delay)]));

function delayJson({ mean, low, high, found, foundLow, foundHigh, tries, waitSeconds }: Delay): object {
  const seconds = { mean: figure(mean), low: figure(low), high: figure(high) };
  return { ...seconds, found: short(found), foundLow: short(foundLow), foundHigh: short(foundHigh), tries, waitSeconds };
}

const figure = (value: number | null): number | null => (value === null ? null : short(value));
