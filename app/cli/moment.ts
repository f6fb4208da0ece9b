/** A second as people write it on the command line: 1795183388, 2026-11-20T14:03:08Z. Without a zone it is UTC. */
import { SECOND_MAX } from '../../detectors/backtest/csv-line.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { UserError } from './output.ts';

/** @returns seconds since the epoch; fractions are cut off. @throws UserError */
export function momentOf(text: string): number {
  const hint = 'Write it like 2026-11-20T14:03:08Z or 1795183388. Without a zone it is UTC.';
  if (/^\d+(\.\d+)?$/.test(text)) {
    const second = Math.floor(Number(text));
    if (second < SECOND_MAX) return second;
    throw new UserError(`TIME: ${text} looks like milliseconds or finer.`, { hint: 'Times are whole seconds since 1970.' });
  }
  const ms = parseRfc3339(text) ?? parseRfc3339(`${text}Z`) ?? parseRfc3339(`${text}:00Z`);
  if (ms !== null && ms >= 0) return Math.floor(ms / 1000);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  throw new UserError(`TIME: found "${text}", allowed is one second.`, { hint: isDay ? `Add a time to it: ${text}T14:03:08Z` : hint });
}
