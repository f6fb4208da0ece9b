import { expect, test } from 'vitest';
import { sentence } from '../../../platform/config/explain.ts';
import { type Loaded, loadConfig } from '../../../platform/config/load.ts';

const METRICS = 'metrics:\n  orders: { event: order.placed, kind: write }\n';

function load(eventlog: string, env: Record<string, string> = {}): Loaded {
  return loadConfig(`${METRICS}eventlog: ${eventlog}\n`, { file: 'plummet.yaml', env });
}

const errorsOf = (eventlog: string, env?: Record<string, string>): string[] =>
  load(eventlog, env).errors.map((error) => `${sentence(error)} ${error.hint ?? ''}`.trim());

test('brokers come one by one, or several in one variable', () => {
  const { config } = load('{ kafka: { brokers: ["${KAFKA}", "c.example:9094"] } }', { KAFKA: 'a.example:9092, b.example:9093' });
  expect(config?.kafka).toEqual({
    brokers: ['a.example:9092', 'b.example:9093', 'c.example:9094'],
    topicPrefix: '',
    partitions: { events: 12, counts: 1 },
  });
});

test('without `kafka` the event log is in files', () => {
  expect(load('{ fsync: interval }').config?.kafka).toBeUndefined();
});

test('user, password, encryption, width and copies are taken as they are written', () => {
  const sasl = 'sasl: { mechanism: scram-sha-512, username: plummet, password: "${PASSWORD}" }';
  const more = 'tls: { servername: kafka }, topic_prefix: "plummet.", partitions: { events: 24 }, replicas: 2';
  const { config, warnings } = load(`{ kafka: { brokers: ["a:9092"], ${sasl}, ${more} } }`, { PASSWORD: 'right' });
  expect(config?.kafka).toEqual({
    brokers: ['a:9092'],
    sasl: { mechanism: 'scram-sha-512', username: 'plummet', password: 'right' },
    tls: { servername: 'kafka' },
    topicPrefix: 'plummet.',
    partitions: { events: 24, counts: 1 },
    replicas: 2,
  });
  expect(warnings).toEqual([]);
});

test('a password that stands in the YAML itself is told', () => {
  const { warnings } = load('{ kafka: { brokers: ["a:9092"], sasl: { mechanism: plain, username: u, password: secret } } }');
  expect(warnings.map(({ path, hint }) => [path.join('.'), hint])).toEqual([
    ['eventlog.kafka.sasl.password', expect.stringContaining('${KAFKA_PASSWORD}')],
  ]);
});

test.each([
  ['no broker', '{ kafka: { brokers: [] } }', /eventlog\.kafka\.brokers/],
  ['an empty variable', '{ kafka: { brokers: ["${KAFKA}"] } }', /names no broker: write at least one `host:port`/],
  ['a broker without a port', '{ kafka: { brokers: ["kafka.example"] } }', /"kafka\.example" is no address of a broker: write `host:port`/],
  ['a URL', '{ kafka: { brokers: ["kafka://kafka.example:9092"] } }', /is no address of a broker/],
  ['a port that there is not', '{ kafka: { brokers: ["a:99999"] } }', /"a:99999" is no address of a broker/],
  [
    'an unknown mechanism',
    '{ kafka: { brokers: ["a:1"], sasl: { mechanism: gssapi, username: u, password: p } } }',
    /must be `plain` or `scram-sha-256`/,
  ],
  ['a misspelt key', '{ kafka: { broker: ["a:1"] } }', /Did you mean `brokers`\?/],
  ['more partitions than anybody has', '{ kafka: { brokers: ["a:1"], partitions: { events: 100000 } } }', /from 1 to 1000/],
  [
    'fsync beside it',
    '{ fsync: never, kafka: { brokers: ["a:1"] } }',
    /fsync: says when files reach the disk, but the event log is in Kafka/,
  ],
])('%s is a mistake that says what to do', (_, eventlog, says) => {
  expect(errorsOf(eventlog, { KAFKA: ' ' }).join('\n')).toMatch(says);
});
