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
