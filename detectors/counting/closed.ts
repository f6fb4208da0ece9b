/** Planned closings of a metric: `Sun 02:00-04:00`, `daily 23:30-05:00`. Nothing pages while one holds. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
/** What a closing looks like; whether its hours are any is another matter. */
export const CLOSING = /^(daily|Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)$/;
const DAY_MINUTES = 1440;

export interface Closing {
  /** 0 = Sunday; null = every day. */
  readonly day: number | null;
  /** Minutes after local midnight. A closing that ends before it begins reaches into the next day. */
  readonly from: number;
  readonly to: number;
}

/** @returns null where the text is no closing */
export function parseClosing(text: string): Closing | null {
  const match = CLOSING.exec(text.trim());
  if (!match) return null;
  const [, day, fromHour, fromMinute, toHour, toMinute] = match;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  if (to > DAY_MINUTES || from === to) return null;
  return { day: day === 'daily' ? null : DAYS.indexOf(day as (typeof DAYS)[number]), from, to };
}

/** Whether a closing holds in a second (epoch), by the clock on the wall of the time zone; looked up once a minute. */
export function closedBy(closings: readonly Closing[], timezone: string): (second: number) => boolean {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let minute = Number.NaN;
  let closed = false;
  return (second) => {
    const asked = Math.floor(second / 60);
    if (asked === minute) return closed;
    minute = asked;
    const parts = Object.fromEntries(format.formatToParts(asked * 60_000).map(({ type, value }) => [type, value]));
    const day = DAYS.indexOf(parts.weekday as (typeof DAYS)[number]);
    const now = Number(parts.hour) * 60 + Number(parts.minute);
    closed = closings.some((closing) => holds(closing, day, now));
    return closed;
  };
}

function holds({ day, from, to }: Closing, today: number, now: number): boolean {
  const on = (which: number): boolean => day === null || day === which;
  if (from < to) return on(today) && now >= from && now < to;
  return (on(today) && now >= from) || (on((today + 6) % 7) && now < to);
}
