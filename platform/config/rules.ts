/** Mistakes that only show between keys, or that no schema can say. */
import { problemOfNetwork } from '../../alerting/notify/allow-private.ts';
import { smtpServerOf } from '../../alerting/notify/email/options.ts';
import { problemOfUrl } from '../../alerting/notify/webhook/options.ts';
import { waysOf } from '../../alerting/oncall/contact.ts';
import { problemsOfTeams } from '../../alerting/oncall/escalation.ts';
import { problemOfBrokers } from '../eventlog/kafka/options.ts';
import { problemOfStoreUrl } from '../store/options.ts';
import { nearest } from '../units/nearest.ts';
import type { Problem } from './problem.ts';
import type { ConfigFile } from './schema.ts';
import { isLoopback } from './server.ts';
import { problemsOfBudgets } from './team-budget.ts';

export function problemsBetweenKeys(file: ConfigFile): Problem[] {
  const { metrics } = file;
  const others = [
    ofPeople(file),
    ofServer(file),
    ofSecurity(file),
    ofTimezone(file),
    ofEventLog(file),
    ofStore(file),
    problemsOfBudgets(file),
  ];
  return [...ofMetrics({ metrics }), ...others.flat()];
}

type MetricEntry = ConfigFile['metrics'][string];

function ofMetrics({ metrics }: Pick<ConfigFile, 'metrics'>): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(metrics);
  for (const [name, metric] of Object.entries(metrics)) problems.push(...ofMetric(name, metric), ...ofPeers(name, metric, names));
  return problems;
}

function ofMetric(name: string, { kind, critical, value, by, where }: MetricEntry): Problem[] {
  const problems: Problem[] = [...ofSegments(name, { by, where, value })];
  const path = ['metrics', name];
  if (critical && kind === 'read') {
    const hint = 'Set `kind: write`, or leave `critical` out: a fall of it is then drawn and wakes nobody.';
    problems.push({ path: [...path, 'critical'], message: 'only a write metric can be critical, because only those wake people.', hint });
  }
  return problems;
}

function ofSegments(
  name: string,
  { by, where = {}, value }: { [key in 'by' | 'where' | 'value']: MetricEntry[key] | undefined },
): Problem[] {
  const field = typeof by === 'object' ? by.field : by;
  if (field === undefined) return [];
  const path = ['metrics', name, 'by', ...(typeof by === 'object' ? ['field'] : [])];
  if (field === value) {
    const message = `\`${field}\` is added up by \`value:\`: nearly every event would be a segment of its own.`;
    return [{ path, message, hint: 'Name a field with few values, like `country`, or leave `by` out.' }];
  }
  const only = where[field];
  if (only === undefined || (Array.isArray(only) && only.length > 1)) return [];
  const message = `\`where:\` leaves one value of \`${field}\`, so there is nothing to part.`;
  return [{ path, message, hint: `Leave \`by\` out, or take \`${field}\` out of \`where:\`.` }];
}

function ofPeers(name: string, { peers = [] }: MetricEntry, names: readonly string[]): Problem[] {
  return peers.flatMap((peer, i): Problem[] => {
    const path = ['metrics', name, 'peers', String(i)];
    if (peer === name)
      return [{ path, message: 'a metric is no company for itself.', hint: 'Name others, whose change tells why this one fell.' }];
    if (peers.indexOf(peer) < i) return [{ path, message: `"${peer}" is named twice.` }];
    if (names.includes(peer)) return [];
    const others = names.filter((other) => other !== name);
    const near = nearest(peer, others);
    const known = others.length > 0 ? `There are ${others.slice(0, 10).join(', ')}.` : 'There is no other metric in this YAML.';
    return [{ path, message: `there is no metric "${peer}".`, hint: near ? `Did you mean \`${near}\`?` : known }];
  });
}

function ofPeople({ metrics, people = {}, teams, operators = [], mail }: ConfigFile): Problem[] {
  const problems: Problem[] = [...problemsOfTeams(people, teams)];
  const critical = Object.entries(metrics).filter(([, metric]) => metric.critical);
  const names = Object.keys(people);
  const reached = names.filter((name) => waysOf(people[name]).length > 0);
  for (const name of names) if (!reached.includes(name)) problems.push(unreached(name));
  operators.forEach((name, i) => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    const hint = near ? `Did you mean \`${near}\`?` : 'Add them under `people:`.';
    problems.push({ path: ['operators', String(i)], message: `nobody is called "${name}".`, hint });
  });
  if (critical.length > 0 && names.length === 0) {
    const message = `${critical.map(([name]) => name).join(', ')} may wake a person, but nobody can be reached.`;
    const [first] = critical[0] as (typeof critical)[number];
    problems.push({
      path: ['metrics', first, 'critical'],
      message,
      hint: 'Add `people: { ana: { email: ana@example.com } }` and `mail:`.',
    });
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

function unreached(name: string): Problem {
  const hint = `Write one: \`${name}: { email: ${name.toLowerCase()}@example.com }\`.`;
  return { path: ['people', name], at: 'key', message: 'there is no way to reach this person.', hint };
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
