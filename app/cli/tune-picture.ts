/** The trade-off of a tuning as a picture: an SVG and a PNG beside it. */
import { writeFileSync } from 'node:fs';
import { expectedPerYear } from '../../detectors/tuning/recommend.ts';
import type { Row } from '../../detectors/tuning/rows.ts';
import { rasterize } from '../../platform/charts/png.ts';
import { type TradeOffPoint, tradeOffPicture } from '../../platform/charts/trade-off.ts';
import { shownPath } from './config-file.ts';
import { UserError } from './output.ts';
import type { Tuned } from './tune-result.ts';

/** @throws UserError where it cannot be written */
export async function drawTradeOff(file: string, tuned: Tuned): Promise<void> {
  const path = file.replace(/\.(svg|png)$/i, '');
  const svg = tradeOffOf(tuned);
  const png = await rasterize(svg);
  try {
    writeFileSync(`${path}.svg`, svg);
    writeFileSync(`${path}.png`, png);
  } catch (error) {
    throw new UserError(`no picture can be written to ${shownPath(file)}: ${(error as Error).message}`, {
      hint: 'Name a file with --picture.',
    });
  }
}

function tradeOffOf({ name, rows, frontier, inForce, recommended, budget }: Tuned): string {
  const pointOf = (row: Row | undefined): TradeOffPoint[] =>
    row?.halfQuiet == null ? [] : [{ falsePagesPerYear: expectedPerYear(row), delay: row.halfQuiet }];
  return tradeOffPicture({
    name,
    delayOf: 'half lost at the quiet hour',
    points: rows.flatMap(pointOf),
    frontier: frontier.flatMap((index) => pointOf(rows[index])),
    inForce: pointOf(rows[inForce])[0] ?? null,
    recommended: pointOf(rows[recommended.index])[0] ?? null,
    budget,
  });
}
