/** YAML fragment `eventlog.kafka`: where the brokers are, how they know us, how wide the topics are. */
import Type, { type Static } from 'typebox';

/** Events are spread over so many partitions, unless the YAML says otherwise: more than any number of count processes worth having. */
const EVENTS_PARTITIONS = 12;
const COUNTS_PARTITIONS = 1;
const PARTITIONS_MAX = 1000;

const partitions = (what: string, otherwise: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PARTITIONS_MAX,
      description: `Partitions of topic \`${what}\`: of a topic that exists it has to be the number it has`,
      default: otherwise,
    }),
  );

const saslFragment = Type.Object(
  {
    mechanism: Type.Union([Type.Literal('plain'), Type.Literal('scram-sha-256'), Type.Literal('scram-sha-512')], {
      description: 'How the brokers ask for the password',
    }),
    username: Type.String({ minLength: 1, description: 'Who Plummet is to the brokers' }),
    password: Type.String({ minLength: 1, description: 'Its password' }),
  },
  { additionalProperties: false, description: 'Name and password for the brokers', leftOut: 'none' },
);

const tlsFragment = Type.Union(
  [
    Type.Boolean(),
    Type.Object(
      {
        ca: Type.Optional(Type.String({ description: 'PEM of who signed the brokers’ certificates: `file:ca.pem`' })),
        cert: Type.Optional(Type.String({ description: 'PEM of our own certificate, where brokers ask for one: `file:plummet.pem`' })),
        key: Type.Optional(Type.String({ description: 'PEM of its key: `file:plummet.key`' })),
        servername: Type.Optional(Type.String({ description: 'Name in the brokers’ certificates, where it is not their host' })),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'Encrypts the connections: `true`, or whom to trust and who we are', default: false },
);

export const kafkaFragment = Type.Object(
  {
    brokers: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      expects: 'a list of `host:port`',
      examples: [['${KAFKA_BROKERS}']],
      description: '`host:port` of some brokers, the rest is learned from them; one text may hold several with commas between',
    }),
    sasl: Type.Optional(saslFragment),
    tls: Type.Optional(tlsFragment),
    topic_prefix: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._-]{0,60}$',
        expects: 'up to 60 letters, digits, dots, - and _',
        description: 'Stands before the names of the topics, where others use `events`, `counts`, …',
        leftOut: 'none',
        default: '',
      }),
    ),
    partitions: Type.Optional(
      Type.Object(
        { events: partitions('events', EVENTS_PARTITIONS), counts: partitions('counts', COUNTS_PARTITIONS) },
        { additionalProperties: false, description: 'How wide the topics are' },
      ),
    ),
    replicas: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9,
        description: 'Copies of each topic that Plummet creates',
        leftOut: '3, or as many as there are brokers',
      }),
    ),
  },
  { additionalProperties: false, description: 'Apache Kafka 3.x or 4.x', restart: true, leftOut: 'files in the data folder' },
);

export type KafkaSettings = Static<typeof kafkaFragment>;

export interface KafkaOptions {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  readonly tls?: boolean | TlsOptions;
  readonly topicPrefix: string;
  readonly partitions: { readonly events: number; readonly counts: number };
  readonly replicas?: number;
}

interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** Settings with their references resolved → what holds, every default filled in. */
export function kafkaOptionsOf(settings: KafkaSettings): KafkaOptions {
  const { sasl, tls, topic_prefix: topicPrefix = '', partitions, replicas } = settings;
  return {
    brokers: brokersOf(settings.brokers),
    ...(sasl !== undefined && { sasl }),
    ...(tls !== undefined && { tls: tls as boolean | TlsOptions }),
    topicPrefix,
    partitions: { events: partitions?.events ?? EVENTS_PARTITIONS, counts: partitions?.counts ?? COUNTS_PARTITIONS },
    ...(replicas !== undefined && { replicas }),
  };
}

/** What is wrong with the brokers' addresses, as a sentence; null where nothing is. */
export function problemOfBrokers(settings: Pick<KafkaSettings, 'brokers'>): string | null {
  const brokers = brokersOf(settings.brokers);
  if (brokers.length === 0) return 'names no broker: write at least one `host:port`.';
  for (const broker of brokers) {
    const port = Number(/^[^\s:/]+:(\d{1,5})$/.exec(broker)?.[1]);
    if (!(port >= 1 && port <= 65_535)) return `"${broker}" is no address of a broker: write \`host:port\`, mostly port 9092.`;
  }
  return null;
}

function brokersOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).flatMap((text) => text.trim() || []);
}
