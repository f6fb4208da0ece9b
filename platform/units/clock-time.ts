/** Moments as a clock on the wall of a time zone shows them: 14:03:08, CET, Fri 20 Nov 2026. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, timezone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timezone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { timeZone: timezone, hourCycle: 'h23', ...options });
    formats.set(key, format);
  }
  return format;
}

/** @param at  milliseconds since the epoch, as everywhere here */
export function showClock(at: number, timezone: string): string {
  return formatOf('en-GB', timezone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** `09:40` */
export function showClockMinute(at: number, timezone: string): string {
  return formatOf('en-GB', timezone, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** `Saturday` */
export function showWeekday(at: number, timezone: string): string {
  return formatOf('en-GB', timezone, { weekday: 'long' }).format(at);
}

/** Seconds that the clock on the wall is ahead of UTC; it is asked once an hour, for it changes on the hour. */
export function aheadOfUtc(timezone: string): (second: number) => number {
  let asked = Number.NaN;
  let ahead = 0;
  return (second) => {
    const hour = Math.floor(second / 3600);
    if (hour !== asked) {
      const parts = formatOf('en-US', timezone, {
        ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
        ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
      }).formatToParts(hour * 3_600_000);
      const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
      const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
      ahead = wall / 1000 - hour * 3600;
      asked = hour;
    }
    return ahead;
  };
}

/** `CET`, `EST`, `GMT+5:30`: the short name where English has one. */
export function showZone(at: number, timezone: string): string {
  const names = ['en-GB', 'en-US', 'en-AU'].map((locale) => {
    const parts = formatOf(locale, timezone, { hour: '2-digit', timeZoneName: 'short' }).formatToParts(at);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timezone;
  });
  return names.find((name) => !/^(GMT|UTC)[+-]/.test(name)) ?? (names[0] as string);
}

/** `Fri 20 Nov 2026` */
export function showDay(at: number, timezone: string): string {
  const parts = formatOf('en-GB', timezone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
}

/** `Mon 09:00`: a moment within the coming days. */
export function showWeekdayHour(at: number, timezone: string): string {
  const parts = formatOf('en-GB', timezone, { weekday: 'short', hour: '2-digit', minute: '2-digit' }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('weekday')} ${part('hour')}:${part('minute')}`;
}
