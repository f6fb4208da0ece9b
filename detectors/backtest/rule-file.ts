/** What a file of rule tests may hold: `tests:` with series of their own, `scenes:` by name. */
import Type, { type Static } from 'typebox';
import { pageWhenFragment } from '../steep-drop/page-when.ts';

const DURATION = '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)\\s*$';
const SHARE = '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$';
export const OPEN = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)$/;
export const DROP = /^(\d+(?:\.\d+)?)\s*%(?:\s*-\s*(\d+(?:\.\d+)?)\s*%)?$/;

/** Repeats of one test. */
export const TIMES_MAX = 10_000;
/** Days of minutes that are known before: what a time of day is compared with needs no more. */
export const HISTORY_DAYS_MAX = 15;
const RATE_MAX = 1e9;
const DISPERSION_MAX = 1000;
const SEED_MAX = 2_147_483_647;

const duration = (description: string, options: object = {}) =>
  Type.Optional(Type.String({ pattern: DURATION, expects: 'a duration like 10s', unit: 's', description, ...options }));
const share = (description: string, options: object = {}) =>
  Type.Optional(Type.String({ pattern: SHARE, expects: 'a share like 95%', unit: '%', description, ...options }));

const expectFragment = Type.Object(
  {
    page_within: Type.String({
      pattern: DURATION,
      expects: 'a duration like 10s',
      unit: 's',
      description: 'A page comes no later than this, counted from `after` to the end of the second that pages',
      examples: ['10s'],
    }),
    after: duration('Seconds of the series before what the page is about', { leftOut: 'its first second', examples: ['30m'] }),
    page_not_before: duration('Nor does it come sooner than this, counted from `after`', { leftOut: 'any time from `after` on' }),
    drop: Type.Optional(
      Type.String({
        pattern: DROP.source.replace('^', '^\\s*').replace(/\$$/, '\\s*$'),
        expects: 'a share like 50%, or from the least to the most like 40%-60%',
        unit: '%',
        description: 'The share lost that the page tells: to 10 points, or between two',
        leftOut: 'any',
        examples: ['50%', '95%-100%'],
      }),
    ),
    resolved_within: duration('It is over so long after the page', { leftOut: 'it may stay open' }),
    mean_within: duration('With `times`: the mean delay over all repeats is no longer than this', {
      leftOut: 'any that `page_within` allows',
    }),
  },
  { additionalProperties: false, description: 'One page that is expected' },
);

const noiseFragment = (otherwise: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.Literal('none'),
        Type.Literal('poisson'),
        Type.Object(
          {
            dispersion: Type.Number({
              minimum: 1,
              maximum: DISPERSION_MAX,
              description: 'Variance over mean within a second; 1 is Poisson',
            }),
          },
          { additionalProperties: false, description: 'Busier noise' },
        ),
      ],
      {
        description:
          'How counts stray from the series: not at all (`none`), as chance alone gives (`poisson`), or more (`{ dispersion: 3 }`)',
        default: otherwise,
      },
    ),
  );

const repeats = {
  seed: Type.Optional(
    Type.Integer({ minimum: 0, maximum: SEED_MAX, description: 'Of the noise: the same seed, the same counts', default: 1 }),
  ),
  times: Type.Optional(
    Type.Integer({ minimum: 1, maximum: TIMES_MAX, description: 'Played so many times, each with a seed of its own', default: 1 }),
  ),
  passes: share('With `times`: the share of the repeats that must pass', { default: '100%' }),
};

const metric = Type.Optional(Type.String({ description: 'A metric of the YAML that --config names', leftOut: '`page_when` is given' }));
const pageWhen = Type.Optional({ ...pageWhenFragment, leftOut: 'that of the metric' });

const usualKeys = {
  rate: Type.Number({ minimum: 0, maximum: RATE_MAX, description: 'Events/s in the busiest minute of a weekday' }),
  day: Type.Optional(
    Type.Union([Type.Literal('steady'), Type.Literal('swinging'), Type.Literal('two-humped')], {
      description: 'The course of a day: always alike, one wave with its low at midnight, or two crowds, late morning and evening',
      default: 'two-humped',
    }),
  ),
  swing: share('Of a `swinging` day: how far it swings around its mean', { default: '60%' }),
  weekend: share("A weekend's share of a weekday's traffic", { leftOut: '60% with `two-humped`, else 100%' }),
  open: Type.Optional(
    Type.String({
      pattern: OPEN.source,
      expects: 'hours like 09:00-21:00',
      description: 'The hours in which it is open, every day',
      leftOut: 'always',
      examples: ['09:00-21:00'],
    }),
  ),
  closed_to: share('What is left while it is not open', { default: '0%' }),
};

const testFragment = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'A sentence; each stands once in a file' }),
    metric,
    page_when: pageWhen,
    closed: Type.Optional(
      Type.Array(Type.String(), { description: 'Planned closings of a test with a `page_when` of its own', leftOut: 'none' }),
    ),
    series: Type.String({
      description:
        'Counts of each second: `100x1800 0x60` is 30 minutes of 100 a second, then a minute of nothing. `100-5x20` is 100, 95, … 0; ' +
        '`_x30` is no data; `(500 0x9)x360` repeats. With `usual:` levels may be shares of it, `100%x600 0%x60`',
      examples: ['100x1800 0x60'],
    }),
    usual: Type.Optional(
      Type.Object(usualKeys, {
        additionalProperties: false,
        description: 'What the metric usually does, which percents of the series are of',
      }),
    ),
    at: Type.Optional(
      Type.String({
        description: 'When the series begins: `14:00`, `Sat 03:00`, `2026-11-20T14:00:00Z`; without a zone by the clock of the YAML',
        default: '14:00',
        leftOut: '14:00 of a Tuesday',
      }),
    ),
    noise: noiseFragment('none'),
    ...repeats,
    cold: Type.Optional(Type.Boolean({ description: 'The metric is new: it knows no past and warms for an hour', default: false })),
    history: duration(`How long it is known before, minute by minute, ${HISTORY_DAYS_MAX}d at most`, { default: '7d' }),
    lived: duration('How long it is known before, second by second, after that', { default: '1d' }),
    expect: Type.Array(expectFragment, { description: 'The pages that must come, in their order, and no other; `[]` is no page' }),
  },
  { additionalProperties: false, description: 'One test' },
);

const sceneFragment = Type.Union([Type.String(), Type.Record(Type.String(), Type.String())], {
  description: 'Sentences like `outage at 14:00 pages within 6 s` or `sale end: none`',
});

const { open: _open, closed_to: _closedTo, ...sceneUsual } = usualKeys;

const scenesFragment = Type.Object(
  {
    metric,
    page_when: pageWhen,
    ...sceneUsual,
    noise: noiseFragment('poisson'),
    ...repeats,
    expect: Type.Array(sceneFragment, { minItems: 1, description: 'Scenes, and whether each pages' }),
  },
  { additionalProperties: false, description: 'Scenes of one metric' },
);

export const ruleFileSchema = Type.Object(
  {
    tests: Type.Optional(Type.Array(testFragment, { description: 'Tests with series of their own', leftOut: 'none' })),
    scenes: Type.Optional(Type.Array(scenesFragment, { description: 'Tests by named scenes', leftOut: 'none' })),
    timezone: Type.Optional(
      Type.String({ description: 'Whose clock is meant, an IANA name', leftOut: 'that of the YAML of --config, or UTC without one' }),
    ),
  },
  { additionalProperties: false, description: 'It holds `tests:` or `scenes:`' },
);

export type RuleFile = Static<typeof ruleFileSchema>;
export type TestEntry = NonNullable<RuleFile['tests']>[number];
export type ScenesEntry = NonNullable<RuleFile['scenes']>[number];
