/** What is made of a broker's answers: its release, its disks, its clock, its dead letters. */
import { describe, expect, test } from 'vitest';
import { diagnosesOfBrokers } from '../../../../../platform/eventlog/kafka/examine/brokers.ts';
import { diagnosesOfClocks } from '../../../../../platform/eventlog/kafka/examine/clocks.ts';
import { diagnosesOfDead } from '../../../../../platform/eventlog/kafka/examine/dead-letters.ts';
import { diagnosesOfDisks, readLogDirs } from '../../../../../platform/eventlog/kafka/examine/disks.ts';
import { releaseOf } from '../../../../../platform/eventlog/kafka/examine/release.ts';

const known = (versions: Readonly<Record<number, number>>) =>
  Object.fromEntries(Object.entries(versions).map(([request, maxVersion]) => [request, { minVersion: 0, maxVersion }]));

// The newest versions of Fetch, ListOffsets, DescribeTransactions and DescribeTopicPartitions in Kafka's own clients.
test.each([
  ['4.1 or newer', { 1: 18, 2: 11, 65: 0, 75: 0 }],
  ['4.0', { 1: 17, 2: 10, 65: 0, 75: 0 }],
  ['3.9', { 1: 17, 2: 9, 65: 0, 75: 0 }],
  ['3.8', { 1: 16, 2: 8, 65: 0, 75: 0 }],
  ['3.7', { 1: 16, 2: 8, 65: 0 }],
  ['3.5 or 3.6', { 1: 15, 2: 8, 65: 0 }],
  ['3.1 to 3.4', { 1: 13, 2: 7, 65: 0 }],
  ['3.0', { 1: 12, 2: 7, 65: 0 }],
  [null, { 1: 12, 2: 6 }],
] as const)('a broker of %s is known by its requests', (release, versions) => {
  expect(releaseOf(known(versions))).toBe(release);
});

describe('brokers', () => {
  const view = { brokers: new Map([[1, { host: 'kafka-1', port: 9092 }]]), topics: new Map() };
  const well = { address: 'kafka-1:9092', node: 1, known: known({ 1: 18 }) };

  test('one that does not answer is a warning beside one that does, and ill alone', () => {
    const away = { address: 'kafka-2:9092', node: undefined, silence: 'Nothing listens at that address.' };
    expect(diagnosesOfBrokers([well, away], view).map(({ is }) => is)).toEqual(['well', 'warning']);
    expect(diagnosesOfBrokers([away], { ...view, brokers: new Map() }).map(({ is }) => is)).toEqual(['ill']);
  });

  test('one whose own address is not found from here is told what it says of itself', () => {
    const elsewhere = { address: 'inside:9092', node: 2, silence: 'The host cannot be found.' };
    expect(diagnosesOfBrokers([well, elsewhere], view)[1]?.says).toMatch(/advertised\.listeners one that is found from here/);
  });

  test('one that should hold a copy and is not there is named', () => {
    const place = { partition: 0, leader: 1, replicas: [1, 3], inSync: [1] };
    const found = diagnosesOfBrokers([well], { ...view, topics: new Map([['events', [place]]]) });
    expect(found[1]).toMatchObject({ is: 'warning', of: 'broker 3', says: expect.stringMatching(/one copy fewer/) });
  });
});

describe('disks', () => {
  const GIB = 1024 ** 3;
  const answer = (...dirs: [path: string, code: number, total: number, free: number][]): Buffer => {
    const parts = dirs.map(([path, code, total, free]) => {
      const numbers = Buffer.alloc(16);
      numbers.writeBigInt64BE(BigInt(total), 0);
      numbers.writeBigInt64BE(BigInt(free), 8);
      const head = Buffer.from([0, code, path.length + 1]);
      // One topic of one partition stands between: asked for none, a broker may tell them all the same.
      const topic = Buffer.from([2, 2, 0x65, 2, ...Buffer.alloc(21), 0, 0]);
      return Buffer.concat([head, Buffer.from(path), topic, numbers, Buffer.from([0])]);
    });
    return Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, dirs.length + 1]), ...parts, Buffer.from([0])]);
  };

  test('are read, byte by byte', () => {
    expect(readLogDirs(answer(['/data', 0, 100 * GIB, 40 * GIB]))).toEqual({
      errorCode: 0,
      dirs: [{ path: '/data', errorCode: 0, totalBytes: 100 * GIB, freeBytes: 40 * GIB }],
    });
  });

  test.each([
    [40 * GIB, []],
    [9 * GIB, ['warning']],
    [1024, ['ill']],
    [-1, []],
  ])('with %d bytes free of 100 GiB are %j', (free, expected) => {
    expect(diagnosesOfDisks('broker 1', readLogDirs(answer(['/data', 0, 100 * GIB, free]))).map(({ is }) => is)).toEqual(expected);
  });

  test('that failed are told', () => {
    const [found] = diagnosesOfDisks('broker 1', readLogDirs(answer(['/data', 56, -1, -1])));
    expect(found).toMatchObject({ is: 'ill', says: expect.stringMatching(/cannot use its disk/) });
  });
});

describe('clocks', () => {
  test('are told by what comes while one waits', () => {
    expect(diagnosesOfClocks(new Map())[0]).toMatchObject({ is: 'well', says: expect.stringMatching(/ask again while Plummet runs/) });
    expect(diagnosesOfClocks(new Map([['kafka-1:9092', 40]]))[0]).toMatchObject({ is: 'well' });
    const found = diagnosesOfClocks(
      new Map([
        ['kafka-1:9092', 7_230],
        ['kafka-2:9092', -1_500],
        ['kafka-3:9092', 3],
      ]),
    );
    expect(found.map(({ is }) => is)).toEqual(['warning', 'warning']);
    expect(found[0]?.says).toMatch(/^kafka-1:9092 is 7\.2 s ahead of this machine\./);
    expect(found[1]?.says).toMatch(/^kafka-2:9092 is 1\.5 s behind this machine\./);
  });
});

describe('dead letters', () => {
  const letter = (reason: string, detail: string, from = 'events/1@7') => ({ reason, detail, from, at: 0, text: '', bytes: 0 });

  test('are counted by their reason, each once of two twins, with the newest one’s words', () => {
    expect(diagnosesOfDead([])[0]).toMatchObject({ is: 'well' });
    const newer = letter('newer-version', 'content-type: application/vnd.plummet.batch+json;v=2: this program reads v=1; update it');
    const other = { ...newer, from: 'events/1@3' };
    const gateways = letter('bad-json', 'is not JSON', 'gateway');
    const found = diagnosesOfDead([other, gateways, gateways, newer, newer]);
    expect(found.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^2 in the last hour \(newer-version\), the newest from events\/1@7: .*update it$/),
      expect.stringMatching(/^2 in the last hour \(bad-json\)/),
    ]);
  });
});
