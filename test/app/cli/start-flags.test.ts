import { describe, expect, test } from 'vitest';
import { UserError } from '../../../app/cli/output.ts';
import { rolesOf, sharedBy, sliceOf } from '../../../app/cli/start-flags.ts';
import { ROLES, type Role } from '../../../app/roles.ts';
import { loadConfig } from '../../../platform/config/load.ts';

const METRICS = 'metrics: { orders: { event: order.placed, kind: write } }\n';
const configOf = (more = '') => loadConfig(`${METRICS}${more}`, { file: 'plummet.yaml', env: {} }).config!;
const onKafka = (partitions = '') => configOf(`eventlog: { kafka: { brokers: ["127.0.0.1:9092"]${partitions} } }\n`);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return `${error.message} ${error.hint ?? ''}`.trim();
    throw error;
  }
  return '';
}

describe('--slice', () => {
  test('left out is all of it', () => {
    expect(sliceOf(undefined, ROLES, configOf())).toEqual({ index: 1, of: 1 });
    expect(sliceOf('1/1', ['ingest'], configOf())).toEqual({ index: 1, of: 1 });
  });

  test('is a share of the partitions', () => {
    expect(sliceOf('2/4', ['detectors'], onKafka())).toEqual({ index: 2, of: 4 });
  });

  test.each([
    ['3/2', ROLES, onKafka(), '--slice: there is no slice 3 of 2: the last one is 2/2.'],
    ['half', ROLES, onKafka(), '--slice: "half" is no slice: write which one of how many, like 2/4.'],
    [
      '2/4',
      ['ingest'],
      onKafka(),
      '--slice 2/4: what is shared out is the work of the role detectors, which this process has not. Leave it out here',
    ],
    [
      '2/4',
      ROLES,
      configOf(),
      '--slice 2/4: an event log in files belongs to one process, so there is nobody to share with. Leave --slice out',
    ],
    [
      '2/4',
      ROLES,
      onKafka(', partitions: { events: 3 }'),
      '--slice 2/4: events has 3 partitions, so some of 4 slices would have none. At most as many as there are partitions',
    ],
  ] as const)('%s by %s is refused in words where it cannot be', (text, roles, config, said) => {
    expect(refusal(() => sliceOf(text, roles as readonly Role[], config))).toContain(said);
  });
});

describe('--roles', () => {
  test('takes some roles in any order', () => {
    expect(rolesOf(undefined)).toEqual(ROLES);
    expect(rolesOf('alerting, ingest')).toEqual(['ingest', 'alerting']);
  });

  test.each([
    ['detector', 'there is no role detector. There are ingest, detectors, alerting, dashboards.'],
    ['', '--roles "" leaves a role empty. There are ingest'],
    ['ingest,,alerting', '--roles "ingest,,alerting" leaves a role empty.'],
    ['ingest,alerting,ingest', '--roles names ingest twice. One process runs a role once.'],
  ])('"%s" is refused in words', (text, said) => {
    expect(refusal(() => rolesOf(text))).toContain(said);
  });
});

describe('an event log in files belongs to one process', () => {
  test.each([
    [
      ROLES,
      'b',
      '--replica b: an event log in files belongs to one process, so there is no twin. Leave --replica out, or name the brokers',
    ],
    [
      ['detectors'],
      'a',
      '--roles detectors: an event log in files belongs to one process, so nobody would do the rest. Add ingest, alerting',
    ],
    [['ingest', 'detectors', 'dashboards'], 'a', 'so nobody would do the rest. Add alerting, or name the brokers in the YAML'],
  ] as const)('%s as %s is refused with what to do', (roles, replica, said) => {
    expect(refusal(() => sharedBy(roles as readonly Role[], replica, configOf()))).toContain(said);
  });

  test('screens may be left out; over Kafka anything may', () => {
    expect(refusal(() => sharedBy(['ingest', 'detectors', 'alerting'], 'a', configOf()))).toBe('');
    expect(refusal(() => sharedBy(['dashboards'], 'b', onKafka()))).toBe('');
  });
});
