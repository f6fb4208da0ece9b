/** YAML fragment of one metric: what is counted and whether its fall may wake a person. */
import Type from 'typebox';

const fieldValue = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** Everything of a metric but `page_when`, which the detector describes. */
export const metricProperties = {
  event: Type.String({
    pattern: '^[a-z0-9][a-z0-9_-]*(\\.[a-z0-9][a-z0-9_-]*)*$',
    maxLength: 100,
    description: 'Event type that is counted: lower case words with dots, like order.placed',
  }),
  kind: Type.Union([Type.Literal('write'), Type.Literal('read')], {
    description: 'Whether the event changes the business (write) or looks at it (read)',
  }),
  critical: Type.Optional(Type.Boolean({ description: 'A steep fall wakes a person; only a write metric may be', default: false })),
  where: Type.Optional(
    Type.Record(Type.String(), Type.Union([fieldValue, Type.Array(fieldValue, { minItems: 1 })]), {
      description: 'Only events whose field has this value, or one of these',
    }),
  ),
  value: Type.Optional(Type.String({ minLength: 1, description: 'Numeric field that is added up instead of counting events' })),
  closed: Type.Optional(
    Type.Array(Type.String(), { description: 'Planned closings, in the time zone of the YAML: "Sun 02:00-04:00", "daily 23:30-05:00"' }),
  ),
};
