/** Who is on call at a moment: people take turns by the day or the week, handing over at an hour of their own time zone. */
import Type, { type Static } from 'typebox';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const HANDOVER = /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?([01]\d|2[0-3]):([0-5]\d)$/;

export const rotationFragment = Type.Object(
  {
    people: Type.Array(Type.String(), { minItems: 1, description: 'Names of `people` who take turns, in this order' }),
    every: Type.Union([Type.Literal('day'), Type.Literal('week')], { description: 'How long a turn lasts' }),
    handover: Type.String({
      pattern: HANDOVER.source,
      expects: 'an hour like "Mon 09:00"',
      description: 'When turns change: `Mon 09:00`, or `"09:00"` for daily turns',
      examples: ['Mon 09:00'],
    }),
    timezone: Type.Optional(
      Type.String({ description: 'IANA name like `Europe/Berlin`', leftOut: "the YAML's own `timezone`", examples: ['Europe/Berlin'] }),
    ),
  },
  { additionalProperties: false, description: 'Who is on call when', leftOut: 'everybody is on call' },
);

export type Rotation = Static<typeof rotationFragment>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Turns are counted from the handover in the week of Monday 5 January 1970, so that nothing has to be remembered. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * Local clock readings are compared, not durations, so a turn ends at its hour on both sides of a clock change.
 *
 * @param at        milliseconds since the epoch
 * @param timezone  where the rotation names none
 */
export function onCallAt(rotation: Rotation, at: number, timezone: string): string {
  const turns = Math.floor(sinceFirstHandoverMs(rotation, at, timezone) / turnMs(rotation));
  const count = rotation.people.length;
  return rotation.people[((turns % count) + count) % count] as string;
}

/** Milliseconds since the epoch at which the turn that holds at `at` ends, to the minute. */
export function turnEndsAt(rotation: Rotation, at: number, timezone: string): number {
  const turn = turnMs(rotation);
  const into = sinceFirstHandoverMs(rotation, at, timezone);
  const end = at + (Math.floor(into / turn) + 1) * turn - into;
  const zone = rotation.timezone ?? timezone;
  return end - (localMs(end, zone) - end - (localMs(at, zone) - at));
}

const turnMs = ({ every }: Rotation): number => (every === 'day' ? DAY_MS : 7 * DAY_MS);

function sinceFirstHandoverMs(rotation: Rotation, at: number, timezone: string): number {
  const [, weekday, hour, minute] = HANDOVER.exec(rotation.handover) ?? [];
  const days = rotation.every === 'week' ? Math.max(0, WEEKDAYS.indexOf(weekday as (typeof WEEKDAYS)[number])) : 0;
  const first = FIRST_MONDAY_MS + days * DAY_MS + (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
  return localMs(at, rotation.timezone ?? timezone) - first;
}

/** What a clock on the wall of that zone shows, as milliseconds since a local 1 January 1970. */
function localMs(at: number, timezone: string): number {
  const parts = formatOf(timezone).formatToParts(at);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) + (((at % 1000) + 1000) % 1000)
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, calendar: 'gregory', hourCycle: 'h23', ...digits });
    formats.set(timezone, format);
  }
  return format;
}
