/** What brokers, sockets and kafkajs say, as a sentence that tells a person what to do. */

interface Said {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string | number;
  /** Of Kafka's protocol. */
  readonly type?: string;
  readonly broker?: string;
  readonly cause?: unknown;
}

const CERTIFICATE = /certificate|CERT_|UNABLE_TO_|altname/i;
const NO_SUCH_MECHANISM = 'UNSUPPORTED_SASL_MECHANISM';
/** So ends a TLS greeting at a port that takes it for a request; also where the broker is just stopping. */
const CLOSED_AT_GREETING = /before secure TLS connection/i;
const NOT_TLS = /wrong version number|packet length too long|EPROTO|unknown protocol/i;

/** By the type of Kafka's own error; what is not here is told in Kafka's words. */
const BY_TYPE: Readonly<Record<string, string>> = {
  NOT_ENOUGH_REPLICAS: 'Fewer replicas are in sync than min.insync.replicas asks for. Start the brokers that are down.',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'Fewer replicas are in sync than min.insync.replicas asks for. Start the brokers that are down.',
  TOPIC_AUTHORIZATION_FAILED: 'This user may not use that topic. Give it Read, Write and Describe on it (kafka-acls.sh --add).',
  CLUSTER_AUTHORIZATION_FAILED: 'This user may not do that on the cluster. Give it the right (kafka-acls.sh --add --cluster).',
  UNSUPPORTED_SASL_MECHANISM: 'The brokers do not ask for passwords in that way. Correct `eventlog.kafka.sasl.mechanism`.',
  UNKNOWN_TOPIC_OR_PARTITION: 'The topic is not there (any more). Restart Plummet: it creates what is missing at its start.',
  MESSAGE_TOO_LARGE: 'The record is larger than the topic’s max.message.bytes. Raise it with kafka-configs.sh.',
  KAFKA_STORAGE_ERROR: 'The broker cannot use its disk. Look at its log and its disk.',
};

/** What does not go away by itself, so that nobody waits for it: the password, the certificate. */
export function isRefusal(error: unknown): boolean {
  const { name, message = '', code, type } = error as Said;
  if (name === 'KafkaJSSASLAuthenticationError' || type === NO_SUCH_MECHANISM) return true;
  const text = `${message} ${code ?? ''}`;
  return CERTIFICATE.test(text) || NOT_TLS.test(text);
}

export function sentenceOf(error: unknown): string {
  const { name, message = String(error), code, type, broker } = (error ?? {}) as Said;
  if (type !== undefined && BY_TYPE[type] !== undefined) return BY_TYPE[type];
  const at = broker ? ` (${broker})` : '';
  const text = `${message} ${code ?? ''}`;
  if (name === 'KafkaJSSASLAuthenticationError') {
    return `The brokers refuse the user or its password: ${ended(message)} Correct \`eventlog.kafka.sasl\`.`;
  }
  if (/ILLEGAL_SASL_STATE/.test(`${type} ${text}`)) return 'The brokers ask for a user and a password. Add `eventlog.kafka.sasl`.';
  if (CERTIFICATE.test(text)) {
    return `The broker’s certificate is not trusted${at}: ${ended(message)} Set \`eventlog.kafka.tls.ca\` to who signed it.`;
  }
  if (NOT_TLS.test(text) || CLOSED_AT_GREETING.test(text))
    return `That port does not seem to speak TLS${at}. Take the broker’s TLS port, or leave \`eventlog.kafka.tls\` out.`;
  if (/ECONNREFUSED/.test(text)) return `Nothing listens at that address${at}. Start the broker, or correct \`eventlog.kafka.brokers\`.`;
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return `The host cannot be found${at}: ${ended(message)} Correct \`eventlog.kafka.brokers\`, or the DNS.`;
  if (/Connection timeout/.test(text)) return `The broker does not take a connection${at}. Look at it, and at the network between.`;
  if (name === 'SilentBroker') return `${ended(message)} It may hang, or be paused: look at its log.`;
  if (/Closed connection|ECONNRESET|EPIPE/.test(text)) {
    return `The broker closed the connection${at}. It may be stopping; where it is not, does that port ask for TLS or a password?`;
  }
  return ended(message);
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
