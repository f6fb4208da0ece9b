/** YAML fragment of what is planned for a metric: `closed:` and `expect:`. */
import Type from 'typebox';
import { DATED } from './dated.ts';
import { WEEKLY } from './weekly.ts';

const unanchored = (pattern: RegExp): string => pattern.source.replace('^', '').replace(/\$$/, '');

const text = Type.String({ editor: { pattern: `^\\s*(${unanchored(WEEKLY)}|${unanchored(DATED)})\\s*$` } });

const calendar = Type.Object(
  {
    calendar: Type.String({
      minLength: 1,
      description:
        'An iCalendar file, by its path from the YAML: each of its events is a window. An edit of it is taken over like one of the YAML',
      examples: ['holidays.ics'],
    }),
    match: Type.Optional(
      Type.String({ minLength: 1, description: 'Only events with this in their summary, in capitals or not', leftOut: 'all events' }),
    ),
  },
  { additionalProperties: false, description: 'Windows from a calendar' },
);

const windows = (description: string, examples: unknown[]) =>
  Type.Optional(Type.Union([text, calendar, Type.Array(Type.Union([text, calendar]))], { description, leftOut: 'none', examples }));

export const plannedProperties = {
  closed: windows(
    'Planned closings in the time zone of the YAML, nothing pages then: `["Sun 02:00-04:00", "daily 23:30-05:00"]`, once: ' +
      '`2026-12-24 14:00 to 2026-12-27 06:00`, or by a calendar: `{ calendar: holidays.ics }` (planned.md)',
    [['Sun 02:00-04:00'], [{ calendar: 'holidays.ics' }]],
  ),
  expect: windows(
    'Planned sales, written like `closed`: falls are judged by the sale itself, not by what this time of day brings: ' +
      '`2026-11-27 08:00 to 2026-11-30 23:59`',
    [['2026-11-27 08:00 to 2026-11-30 23:59']],
  ),
};
