/** Hours and days as they begin in the server's time zone, and what stands under them. */

export interface TimeMark {
  /** Epoch second. */
  readonly at: number;
  readonly text: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((minutes) => minutes * MINUTE)
  .concat([1, 2, 3, 6, 12, 24, 48, 72, 168].map((hours) => hours * HOUR));
const CLOCK_PX = 52;
const DAY_PX = 62;
/** The epoch began on a Thursday; weeks begin on a Monday. */
const MONDAY = 4 * DAY;

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(second: number, timezone: string): (type: Intl.DateTimeFormatPartTypes) => string {
  let format = formats.get(timezone);
  if (!format) {
    const date = { weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, ...date, ...time });
    formats.set(timezone, format);
  }
  const parts = format.formatToParts(second * 1000);
  return (type) => parts.find((part) => part.type === type)?.value ?? '';
}

/** What clocks and calendars there show, counted as if it were UTC. */
export function wallOf(second: number, timezone: string): number {
  const part = partsOf(second, timezone);
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(part(type));
  const [year, month, day] = [number('year'), number('month'), number('day')];
  return Date.UTC(year, month - 1, day, number('hour'), number('minute'), number('second')) / 1000;
}

/** The epoch second in which they show that; where they skip it, one near by. */
function secondOf(wall: number, timezone: string): number {
  const guess = wall - (wallOf(wall, timezone) - wall);
  return wall - (wallOf(guess, timezone) - guess);
}

/** `14:03`; `Sat 14` where a day begins, `1 Dec` where a month does. */
export function timeMarks(from: number, to: number, widthPx: number, timezone: string): TimeMark[] {
  const perPx = (to - from) / Math.max(1, widthPx);
  const step = STEPS.find((seconds) => seconds / perPx >= (seconds >= HOUR ? DAY_PX : CLOCK_PX)) ?? 7 * DAY;
  const origin = step > DAY ? MONDAY : 0;
  const first = wallOf(from, timezone);
  const marks: TimeMark[] = [];
  for (let wall = origin + Math.ceil((first - origin) / step) * step; wall <= first + (to - from) + DAY; wall += step) {
    const at = secondOf(wall, timezone);
    if (at >= from && at <= to && at > (marks.at(-1)?.at ?? 0)) marks.push({ at, text: textOf(at, timezone) });
  }
  return marks;
}

function textOf(second: number, timezone: string): string {
  const part = partsOf(second, timezone);
  if (part('hour') !== '00' || part('minute') !== '00') return `${part('hour')}:${part('minute')}`;
  const day = Number(part('day'));
  return day === 1 ? `1 ${monthOf(part('month'))}` : `${part('weekday')} ${day}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthOf(number: string): string {
  return MONTHS[Number(number) - 1] ?? '';
}

/** `14:03:07`, `Sat 14 Nov 14:03`: as exactly as steps of this length say it. */
export function momentText(second: number, stepSeconds: number, timezone: string): string {
  const part = partsOf(second, timezone);
  const clock = `${part('hour')}:${part('minute')}`;
  if (stepSeconds < MINUTE) return `${clock}:${part('second')}`;
  return `${part('weekday')} ${Number(part('day'))} ${monthOf(part('month'))} ${clock}`;
}
