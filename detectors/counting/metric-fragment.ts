/** YAML fragment of one metric: what is counted and whether its fall may wake a person. */
import Type from 'typebox';
import { plannedProperties } from '../planned/planned-fragment.ts';

export const CRITICAL_DEFAULT = false;
export const BY_DEFAULT = { max: 50, watch: true } as const;
/** More would be names in a list, and not parts of a business. */
export const SEGMENTS_MAX = 200;

const fieldValue = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** Everything of a metric but `page_when`, which the detector describes. */
export const metricProperties = {
  event: Type.String({
    pattern: '^[a-z0-9][a-z0-9_-]*(\\.[a-z0-9][a-z0-9_-]*)*$',
    maxLength: 100,
    expects: 'lower case words with dots, like order.placed',
    description: 'Event type that is counted: lower case words with dots, like `order.placed`',
    examples: ['order.placed'],
  }),
  kind: Type.Union([Type.Literal('write'), Type.Literal('read')], {
    description: '`write`: the event changes the business; `read`: it looks at it',
  }),
  critical: Type.Optional(
    Type.Boolean({
      description: 'A steep fall wakes a person; only a `write` metric may be',
      default: CRITICAL_DEFAULT,
    }),
  ),
  where: Type.Optional(
    Type.Record(Type.String(), Type.Union([fieldValue, Type.Array(fieldValue, { minItems: 1 })]), {
      description: 'Only events whose field has this value, or one of these: `{ plan: [pro, team] }`',
      leftOut: 'all',
      examples: [{ plan: ['pro', 'team'] }],
    }),
  ),
  value: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Numeric field that is added up instead of counting events; what is no number, or below 0 (a refund), adds nothing',
      leftOut: 'events are counted',
      examples: ['amount'],
    }),
  ),
  by: Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Object(
          {
            field: Type.String({ minLength: 1, description: 'Whose values are the segments' }),
            max: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: SEGMENTS_MAX,
                description: 'So many segments are watched and named, those with the most events; the rest is `other`',
                default: BY_DEFAULT.max,
              }),
            ),
            watch: Type.Optional(
              Type.Boolean({
                description: "Whether a segment's own fall is a fall of the metric; with `false` pages only name who carries the fall",
                default: BY_DEFAULT.watch,
              }),
            ),
          },
          { additionalProperties: false },
        ),
      ],
      {
        description: 'Field by whose values the metric is counted in parts: `country`, or `{ field: country, max: 50, watch: true }`',
        expects: 'the name of a field, like country',
        leftOut: 'no segments',
        examples: ['country'],
      },
    ),
  ),
  ...plannedProperties,
  peers: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Names of other metrics whose change over the same time a page tells beside its own: `[visits]`. They decide nothing',
      leftOut: 'none',
      examples: [['visits']],
    }),
  ),
};
