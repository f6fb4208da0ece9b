/** What works and should be said all the same. Looked for in the YAML as written, before references are filled in. */
import type { Problem } from './problem.ts';
import type { ConfigFile } from './schema.ts';
import { SECRET_KEYS } from './secrets.ts';
import { warningsOfBudgets } from './team-budget.ts';

export function warningsOf(written: unknown): Problem[] {
  // What an event's field is called is its own matter.
  const { metrics: _, ...others } = (written ?? {}) as Record<string, unknown>;
  return [...ofSecrets(others, []), ...ofTeams(written), ...warningsOfBudgets((written ?? {}) as ConfigFile)];
}

/** Secrets, and addresses with a password in them, that stand in the YAML itself. */
function ofSecrets(value: unknown, path: string[]): Problem[] {
  if (typeof value === 'string') {
    const isReference = value.includes('${') || value.startsWith('file:');
    const key = path.at(-1) ?? '';
    const isSecret = key !== 'webhook' && SECRET_KEYS.test(key);
    return !isReference && (isSecret || HAS_PASSWORD.test(value)) ? [inYaml(path)] : [];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => ofSecrets(inner, [...path, key]));
}

const HAS_PASSWORD = /:\/\/[^/@]*:[^/@]+@/;

/** Names that people would choose for the variable; others are made of the last two keys. */
const VARIABLES: Readonly<Record<string, string>> = {
  'mail.smtp': 'SMTP_URL',
  'eventlog.kafka.sasl.password': 'KAFKA_PASSWORD',
  'eventlog.kafka.tls.key': 'KAFKA_KEY',
  'store.clickhouse.url': 'CLICKHOUSE_URL',
};

function inYaml(path: string[]): Problem {
  const names = path.filter((key) => !/^\d+$/.test(key)).slice(-2);
  const made = names.length > 1 && names[0] !== `${names[1]}s` ? names.join('_') : (names.at(-1) ?? '');
  const name = VARIABLES[path.join('.')] ?? made.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const hint = `Write "\${${name}}" and set it in the environment, or file:/path.`;
  return { path, message: 'a secret stands in the YAML itself.', hint, warning: true };
}

/** Every metric is of the team `default`: another name is most likely a misunderstanding that nobody would notice before an outage. */
function ofTeams(written: unknown): Problem[] {
  const { teams } = (written ?? {}) as { teams?: Record<string, unknown> };
  const message = 'no metric belongs to this team, so its escalation is never used.';
  const hint = 'The team of every metric is called `default`.';
  return Object.keys(teams ?? {})
    .filter((name) => name !== 'default')
    .map((name) => ({ path: ['teams', name], at: 'key', message, hint, warning: true }));
}
