/** Mistakes that only show between keys, or that no schema can say. */
import { problemOfNetwork } from '../../alerting/notify/allow-private.ts';
import { smtpServerOf } from '../../alerting/notify/email/options.ts';
import { problemOfUrl } from '../../alerting/notify/webhook/options.ts';
import { problemsOfTeams } from '../../alerting/oncall/escalation.ts';
import { parseClosing } from '../../detectors/counting/closed.ts';
import { problemOfBrokers } from '../eventlog/kafka/options.ts';
import { problemOfStoreUrl } from '../store/options.ts';
import { nearest, type Problem } from './problem.ts';
import type { ConfigFile } from './schema.ts';
import { isLoopback } from './server.ts';

export function problemsBetweenKeys(file: ConfigFile): Problem[] {
  return [
    ...ofMetrics(file),
    ...ofPeople(file),
    ...ofServer(file),
    ...ofSecurity(file),
    ...ofTimezone(file),
    ...ofEventLog(file),
    ...ofStore(file),
  ];
}

type MetricEntry = ConfigFile['metrics'][string];

function ofMetrics({ metrics }: ConfigFile): Problem[] {
  const problems: Problem[] = [];
  if (Object.keys(metrics).length === 0) {
    const hint = 'Write one: `orders: { event: order.placed, kind: write, critical: true }`.';
    problems.push({ path: ['metrics'], message: 'nothing is watched.', hint });
  }
  for (const [name, metric] of Object.entries(metrics)) problems.push(...ofMetric(name, metric));
  return problems;
}

function ofMetric(name: string, { kind, critical, value, closed }: MetricEntry): Problem[] {
  const problems: Problem[] = [];
  const path = ['metrics', name];
  if (critical && kind === 'read') {
    const hint = 'Set `kind: write`, or leave `critical` out: a fall of it will be in the morning digest.';
    problems.push({ path: [...path, 'critical'], message: 'only a write metric can be critical, because only those wake people.', hint });
  }
  if (critical && value !== undefined) {
    const message = 'a sum cannot be critical: its noise depends on the values and is not modelled.';
    problems.push({ path: [...path, 'critical'], message, hint: 'Make the metric that counts the same events critical instead.' });
  }
  (closed ?? []).forEach((text, i) => {
    if (parseClosing(text)) return;
    const hint = 'Write it like "Sun 02:00-04:00" or "daily 23:30-05:00".';
    problems.push({ path: [...path, 'closed', String(i)], message: `"${text}" is no planned closing.`, hint });
  });
  return problems;
}

function ofPeople({ metrics, people = {}, teams, operators = [], mail }: ConfigFile): Problem[] {
  const problems: Problem[] = [...problemsOfTeams(people, teams)];
  const critical = Object.entries(metrics).filter(([, metric]) => metric.critical);
  const names = Object.keys(people);
  operators.forEach((name, i) => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    const hint = near ? `Did you mean \`${near}\`?` : 'Add them under `people:`.';
    problems.push({ path: ['operators', String(i)], message: `nobody is called "${name}".`, hint });
  });
  if (critical.length > 0 && names.length === 0) {
    const message = `${critical.map(([name]) => name).join(', ')} may wake a person, but nobody can be reached.`;
    problems.push({ path: ['metrics'], at: 'key', message, hint: 'Add `people: { ana: { email: ana@example.com } }` and `mail:`.' });
  }
  const byMail = Object.entries(people).find(([, contact]) => contact.email !== undefined);
  if (byMail && !mail) {
    const hint = 'Add `mail: { smtp: "${SMTP_URL}", from: plummet@example.com }`.';
    problems.push({ path: ['people', byMail[0], 'email'], message: 'there is no mail server to reach this address.', hint });
  }
  for (const [name, { webhook, pagerduty }] of Object.entries(people)) problems.push(...ofAddresses(name, { webhook, pagerduty }));
  const smtp = mail && smtpServerOf(mail.smtp);
  if (typeof smtp === 'string') problems.push({ path: ['mail', 'smtp'], message: smtp });
  return problems;
}

type Addressed = Pick<NonNullable<ConfigFile['people']>[string], 'webhook' | 'pagerduty'>;

/** Addresses may be secrets: what is wrong with one is told without it. */
function ofAddresses(person: string, ways: { [way in keyof Addressed]: Addressed[way] | undefined }): Problem[] {
  return Object.entries(ways).flatMap(([way, written]) => {
    const isUrl = typeof written === 'string' && way === 'webhook';
    const url = isUrl ? written : typeof written === 'object' ? written.url : undefined;
    const message = url === undefined ? null : problemOfUrl(url);
    return message === null ? [] : [{ path: ['people', person, way, ...(isUrl ? [] : ['url'])], message }];
  });
}

function ofSecurity({ security }: ConfigFile): Problem[] {
  return (security?.allow_private ?? []).flatMap((network, i) => {
    const message = problemOfNetwork(network);
    return message === null ? [] : [{ path: ['security', 'allow_private', String(i)], message }];
  });
}

function ofServer({ server }: ConfigFile): Problem[] {
  const host = server?.host ?? '127.0.0.1';
  if (isLoopback(host) || (server?.tokens ?? []).length > 0) return [];
  const lines = 'tokens:\n    - { name: wall, role: viewer, token: "${WALL_TOKEN}" }';
  const message = `${host} can be reached from other machines, and nobody is asked for a token.`;
  return [{ path: ['server', 'host'], message, hint: `Add these two lines under \`server:\`, or listen on 127.0.0.1:\n    ${lines}` }];
}

function ofTimezone({ timezone }: ConfigFile): Problem[] {
  if (timezone === undefined) return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return [];
  } catch {
    const near = nearest(timezone, Intl.supportedValuesOf('timeZone'));
    const hint = near ? `Did you mean \`${near}\`?` : 'Write an IANA name like Europe/Berlin.';
    return [{ path: ['timezone'], message: `"${timezone}" is no time zone.`, hint }];
  }
}

function ofStore({ store }: ConfigFile): Problem[] {
  const message = typeof store === 'object' ? problemOfStoreUrl(store.clickhouse.url) : null;
  return message === null ? [] : [{ path: ['store', 'clickhouse', 'url'], message }];
}

function ofEventLog({ eventlog }: ConfigFile): Problem[] {
  if (eventlog?.kafka === undefined) return [];
  const problems: Problem[] = [];
  const brokers = problemOfBrokers(eventlog.kafka);
  if (brokers !== null) problems.push({ path: ['eventlog', 'kafka', 'brokers'], message: brokers });
  if (eventlog.fsync !== undefined) {
    const message = 'says when files reach the disk, but the event log is in Kafka.';
    problems.push({
      path: ['eventlog', 'fsync'],
      at: 'key',
      message,
      hint: 'Leave it out: an append is answered when the brokers have it.',
    });
  }
  return problems;
}

/** What works, but should be said. Held against the text as written, before references are filled in. */
export function warnings(written: unknown): Problem[] {
  const { mail, people, server, keys, eventlog, store } = (written ?? {}) as Record<string, unknown>;
  const inline = (value: unknown): boolean => typeof value === 'string' && !value.includes('${') && !value.startsWith('file:');
  const found: Problem[] = [];
  const smtp = (mail as { smtp?: unknown } | undefined)?.smtp;
  if (inline(smtp) && hasPassword(smtp)) found.push(inYaml(['mail', 'smtp'], 'SMTP_URL'));
  const password = (eventlog as { kafka?: { sasl?: { password?: unknown } } } | undefined)?.kafka?.sasl?.password;
  if (inline(password)) found.push(inYaml(['eventlog', 'kafka', 'sasl', 'password'], 'KAFKA_PASSWORD'));
  const url = (store as { clickhouse?: { url?: unknown } } | undefined)?.clickhouse?.url;
  if (inline(url) && hasPassword(url)) found.push(inYaml(['store', 'clickhouse', 'url'], 'CLICKHOUSE_URL'));
  for (const [person, ways] of Object.entries((people ?? {}) as Record<string, Record<string, unknown> | null>)) {
    const secret = (ways?.webhook as { secret?: unknown } | null | undefined)?.secret;
    if (inline(secret)) found.push(inYaml(['people', person, 'webhook', 'secret'], 'HOOK_SECRET'));
    const pagerduty = ways?.pagerduty as { key?: unknown } | string | null | undefined;
    if (inline(pagerduty)) found.push(inYaml(['people', person, 'pagerduty'], 'PAGERDUTY_KEY'));
    else if (inline((pagerduty as { key?: unknown } | null | undefined)?.key))
      found.push(inYaml(['people', person, 'pagerduty', 'key'], 'PAGERDUTY_KEY'));
  }
  const lists: [string[], unknown, string][] = [
    [['server', 'tokens'], (server as { tokens?: unknown } | undefined)?.tokens, 'token'],
    [['keys'], keys, 'key'],
  ];
  for (const [path, list, field] of lists) {
    (Array.isArray(list) ? list : []).forEach((entry, i) => {
      const secret = (entry as Record<string, unknown> | null)?.[field];
      if (inline(secret)) found.push(inYaml([...path, String(i), field], field.toUpperCase()));
    });
  }
  return found;
}

const hasPassword = (url: unknown): boolean => /:\/\/[^/@]*:[^/@]+@/.test(String(url));

function inYaml(path: string[], name: string): Problem {
  const hint = `Write "\${${name}}" and set it in the environment, or file:/path.`;
  return { path, message: 'a secret stands in the YAML itself.', hint, warning: true };
}
