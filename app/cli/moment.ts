/** A second as people write it on the command line: 1795183388, 2026-11-20T14:03:08Z. Without a zone it is UTC. */
import { SECOND_MAX } from '../../detectors/backtest/csv-line.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { UserError } from './output.ts';

const HINT = 'Write it like 2026-11-20T14:03:08Z or 1795183388. Without a zone it is UTC.';
const HINT_NEAR = 'Write it like 14:03:08, -5m, now, 2026-11-20T14:03:08Z or 1795183388. A date without a zone is UTC.';

/** @returns seconds since the epoch; fractions are cut off. @throws UserError */
export function momentOf(text: string, hint = HINT): number {
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

export interface Now {
  /** Whose clock a time of day means. */
  readonly timezone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** As people ask in a hurry, too: `now`, `-5m`, and `14:03:08` for the last one of it in the time zone. @throws UserError */
export function momentNear(text: string, { timezone, now }: Now): number {
  if (text === 'now') return Math.floor(now / 1000);
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null;
  if (ago !== null) return Math.floor((now - ago) / 1000);
  const [, hour, minute, second = '00'] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return momentOf(text, HINT_NEAR);
  const wanted = `${hour}:${minute}:${second}`;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, timeStyle: 'medium' });
  const shown = (at: number): string => format.format(at * 1000);
  // Looked for backwards, quarter by quarter. Where a clock was changed within one it seems an hour off.
  for (let at = Math.floor(now / 1000); at > now / 1000 - BACK_SECONDS_MAX; at -= QUARTER_SECONDS) {
    const behind = (secondOfDay(shown(at)) - secondOfDay(wanted) + DAY_SECONDS) % DAY_SECONDS;
    const found = [behind, behind - HOUR_SECONDS, behind + HOUR_SECONDS].find(
      (ago) => ago >= 0 && ago < QUARTER_SECONDS && shown(at - ago) === wanted,
    );
    if (found !== undefined) return at - found;
  }
  throw new UserError(`TIME: there was no ${wanted} in the last two days in ${timezone}.`, { hint: HINT_NEAR });
}

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** The day on which a clock is put forward lacks an hour; the day before has it. */
const BACK_SECONDS_MAX = 2 * DAY_SECONDS + HOUR_SECONDS;
const QUARTER_SECONDS = 900;

function secondOfDay(clock: string): number {
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number);
  return (hour * 60 + minute) * 60 + second;
}
