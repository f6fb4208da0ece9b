/** Moments as programs write them: `2025-11-21T14:03:07.5+01:00` (RFC 3339). */

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** @returns milliseconds since the epoch, or null where the text is no such moment; a leap second counts as the next one */
export function parseRfc3339(text: string): number | null {
  const match = FORM.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return null;
  const fractionMs = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000);
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000 * (match[8] === '-' ? -1 : 1);
  return utcMs(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs - offsetMs;
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years later the calendar is the same. */
function utcMs(year: number, month: number, day: number): number {
  const FOUR_CENTURIES_MS = 146_097 * 86_400_000;
  return Date.UTC(year + 400, month - 1, day) - FOUR_CENTURIES_MS;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
