/** The whole YAML: fragments that live beside what they configure, put together here; types, checks and docs come from this one source. */
import Type, { type Static } from 'typebox';
import { securityFragment } from '../../alerting/notify/allow-private.ts';
import { mailFragment } from '../../alerting/notify/email/options.ts';
import { peopleFragment } from '../../alerting/oncall/contact.ts';
import { teamsFragment } from '../../alerting/oncall/escalation.ts';
import { metricProperties } from '../../detectors/counting/metric-fragment.ts';
import { pageWhenFragment } from '../../detectors/steep-drop/page-when.ts';
import { keysFragment } from '../../ingest/admission/keys-fragment.ts';
import { kafkaFragment } from '../eventlog/kafka/options.ts';
import { retentionFragment, storeFragment } from '../store/options.ts';
import { serverFragment } from './server.ts';

const metricFragment = Type.Object(
  { ...metricProperties, page_when: Type.Optional(pageWhenFragment) },
  { additionalProperties: false, description: 'One metric' },
);

export const TIMEZONE_DEFAULT = 'UTC';
export const CLOCK_SKEW_DEFAULT = '5s';
export const FSYNC_DEFAULT = 'group';

export const configSchema = Type.Object(
  {
    metrics: Type.Record(Type.String({ pattern: '^[^~/\\\\\\u0000-\\u001f]{1,60}$' }), metricFragment, {
      additionalProperties: false,
      description: 'What is watched, by name: up to 60 characters, without `~`, `/` and `\\`',
    }),
    people: Type.Optional({ ...peopleFragment, additionalProperties: false, leftOut: 'nobody' }),
    teams: Type.Optional(teamsFragment),
    operators: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Names of `people` who are responsible for Plummet itself; its own troubles wake nobody',
        leftOut: 'nobody',
        examples: [['bo']],
      }),
    ),
    mail: Type.Optional(mailFragment),
    server: Type.Optional(serverFragment),
    keys: Type.Optional(keysFragment),
    security: Type.Optional(securityFragment),
    timezone: Type.Optional(
      Type.String({
        description: 'IANA name like `Europe/Berlin`, for everything that is shown or planned',
        default: TIMEZONE_DEFAULT,
        examples: ['Europe/Berlin'],
      }),
    ),
    max_clock_skew: Type.Optional(
      Type.String({
        pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|m|h)$',
        expects: 'a duration like 5s',
        unit: 's',
        description: 'A producer whose clock is off by more is flagged; its times are put right all the same',
        default: CLOCK_SKEW_DEFAULT,
      }),
    ),
    eventlog: Type.Optional(
      Type.Object(
        {
          fsync: Type.Optional(
            Type.Union([Type.Literal('group'), Type.Literal('interval'), Type.Literal('never')], {
              description:
                'When appends to files reach the disk itself: before each answer (`group`), each second (`interval`), or when the system ' +
                'likes (`never`)',
              restart: true,
              default: FSYNC_DEFAULT,
            }),
          ),
          kafka: Type.Optional(kafkaFragment),
        },
        { additionalProperties: false, description: 'The event log: files in the data folder, or Kafka' },
      ),
    ),
    store: Type.Optional(storeFragment),
    retention: Type.Optional(retentionFragment),
  },
  { additionalProperties: false, description: 'It begins with `metrics:`, and under it one block for each metric' },
);

export type ConfigFile = Static<typeof configSchema>;
