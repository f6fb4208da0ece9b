/** What a start says when everything runs: one calm screen of 80 columns, the same for `start` and `demo`. */
import { displayName, waysOf } from '../../alerting/oncall/contact.ts';
import { onCall, planOf } from '../../alerting/oncall/escalation.ts';
import { turnEndsAt } from '../../alerting/oncall/rotation.ts';
import { type Slice, showSlice, WHOLE } from '../../detectors/counting/slices.ts';
import type { Config } from '../../platform/config/load.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { topics } from '../../platform/topics/topic.ts';
import { showWeekdayHour } from '../../platform/units/clock-time.ts';
import type { Plummet } from '../app.ts';
import type { Role } from '../roles.ts';
import { version } from '../version.ts';
import { shownPath } from './config-file.ts';
import { type FolderSizes, showBytes } from './folder-size.ts';
import { sayMetrics } from './metric-lines.ts';
import { column, type Output, widthOf } from './output.ts';

/** The last line of the screen. */
export const STOP = 'Ctrl-C drains and stops';
/** Of every line, where no name or address is longer than usual. */
const COLUMNS = 80;

export interface Ready {
  readonly plummet: Pick<Plummet, 'url' | 'metrics'>;
  readonly config: Config;
  readonly file: string;
  readonly folder: string;
  readonly sizes: FolderSizes;
  readonly roles: readonly Role[];
  readonly replica?: Replica;
  readonly slice?: Slice;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From the start of the process until all of it ran. */
  readonly readyAfterMs: number;
  /** In place of the mail server's name. */
  readonly mailbox?: string;
  /** In place of what there is of history. */
  readonly past?: string;
}

export function sayReady(ready: Ready, output: Output): void {
  const { style, mark, line } = output;
  const { plummet, config } = ready;
  const critical = config.metrics.filter((metric) => metric.critical);
  const many = `${count(config.metrics.length, 'metric')}, ${critical.length} of them page.`;
  const watching = `${style('bold', `Plummet ${version}`)} is watching ${many}`;
  const readyIn = style('dim', `ready in ${(ready.readyAfterMs / 1000).toFixed(1)} s`);
  line();
  line(watching + column(readyIn, Math.max(widthOf(readyIn) + 2, COLUMNS - 2 - widthOf(watching)), 'right'));
  line();
  const others = config.metrics.length - critical.length;
  const said: [Role, string, string][] = [
    ['ingest', 'gateway', `takes events at ${style('blue', `${plummet.url}/v1/events`)}`],
    ['detectors', 'detectors', `${count(critical.length, 'critical metric')}, ${count(others, 'other')}, one decision a second`],
    ['alerting', 'alerting', reachOf(ready, output)],
    ['dashboards', 'dashboards', style('blue', plummet.url)],
  ];
  for (const [role, name, text] of said) if (ready.roles.includes(role)) line(`  ${mark.good} ${column(name, 12)} ${text}`);
  line();
  sayPlaces(ready, output);
  line();
  sayMetrics(config.metrics, plummet.metrics(), ready.now, output);
  line();
  sayReplica(ready, output);
}

/** Where things are. */
function sayPlaces({ config, file, folder, sizes, past }: Ready, { line, style }: Output): void {
  const { kafka, store } = config;
  const size = (bytes: number | null): string => (bytes === null ? '' : showBytes(bytes));
  const eventLog = kafka ? `Kafka at ${kafka.brokers.join(', ')}` : `embedded, ${shownPath(folder)}/log`;
  const history = store?.url ? `ClickHouse at ${new URL(store.url).origin}` : `embedded, ${shownPath(folder)}/store`;
  const rows: [string, string, string][] = [
    ['configuration', shownPath(file), 'read again when it changes'],
    ['event log', eventLog, kafka ? '' : size(sizes.log)],
    ['history', store ? history : 'none is kept', store ? (past ?? (store.url ? '' : size(sizes.store))) : ''],
  ];
  const width = Math.max(...rows.map(([, where]) => where.length));
  for (const [what, where, aside] of rows) line(`  ${column(what, 14)} ${column(where, width)}  ${style('dim', aside)}`.trimEnd());
}

/** `e-mail by smtp.example, on call Ana until Mon 09:00` */
function reachOf({ config, mailbox, now }: Ready, { style }: Output): string {
  const { people, teams, timezone, mail } = config;
  if (Object.keys(people).length === 0) return 'writes pages to this terminal: nobody is named under `people:`';
  const channels = [...new Set(Object.values(people).flatMap((contact) => waysOf(contact).map(({ channel }) => channel)))];
  const ways = channels.map((channel) => (channel === 'email' ? byMail(mail?.smtp, mailbox) : channel));
  const plan = planOf(people, teams, timezone);
  const names = onCall(plan, now).map((person) => style('bold', displayName(person)));
  const until = plan.rotation
    ? ` until ${showWeekdayHour(turnEndsAt(plan.rotation, now, timezone), plan.rotation.timezone ?? timezone)}`
    : '';
  const who = names.length > NAMES_MAX ? `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more` : names.join(', ');
  return `${ways.join(', ') || 'this terminal'}, on call ${who}${until}`;
}

const NAMES_MAX = 3;

function byMail(smtp: string | undefined, mailbox: string | undefined): string {
  if (smtp === undefined) return 'this terminal';
  return mailbox ?? `e-mail by ${URL.canParse(smtp) ? new URL(smtp).hostname : 'SMTP'}`;
}

/** What of the whole this process is. */
function sayReplica({ config: { kafka }, replica = 'a', slice = WHOLE }: Ready, { line, mark, style }: Output): void {
  if (kafka === undefined) {
    line(`${mark.warning} One replica only: nobody is paged while this machine is down.`);
    line(`  ${style('dim', 'Two of them share an event log on Kafka:')} docs/production.md`);
    return;
  }
  const share = slice.of === 1 ? '' : `, slice ${showSlice(slice)} of what detectors do`;
  line(`Replica ${replica}${share}: of it and its twin either alone is enough.`);
  line(`  ${style('dim', 'The twin on another machine:')} plummet start --replica ${replica === 'a' ? 'b' : 'a'}`);
  const { counts } = topics(kafka.partitions);
  if (slice.of <= counts.partitions) return;
  const deciding = counts.partitions === 1 ? 'slice 1 alone decides' : `slices 1 to ${counts.partitions} decide`;
  line(`${mark.warning} counts has ${count(counts.partitions, 'partition')}, so ${deciding}; the others only count.`);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
