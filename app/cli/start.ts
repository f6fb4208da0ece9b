/** `plummet start`: the service, all roles or some. */

import { Command, Option } from 'commander';
import { type People, waysOf } from '../../alerting/oncall/contact.ts';
import { type Slice, showSlice, WHOLE } from '../../detectors/counting/slices.ts';
import type { Config } from '../../platform/config/load.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { topics } from '../../platform/topics/topic.ts';
import { showShare } from '../../platform/units/share.ts';
import { ROLES, type Role } from '../roles.ts';
import { version } from '../version.ts';
import { readConfig, shownPath } from './config-file.ts';
import { column, type Output } from './output.ts';
import { portOf, rolesOf, sharedBy, sliceOf } from './start-flags.ts';

/** The last line of the screen. */
export const STOP = 'Ctrl-C drains and stops';

interface StartFlags {
  config: string;
  data: string;
  port?: string;
  roles?: string;
  replica: Replica;
  slice?: string;
  json?: boolean;
}

export function startCommand(output: Output): Command {
  return new Command('start')
    .description('the service, all roles or some')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--data <dir>', 'where events, state and incidents are kept', 'data')
    .option('--port <n>', 'in place of server.port; 0 takes a free one')
    .option('--roles <list>', `some of ${ROLES.join(',')}; left out: all`)
    .addOption(new Option('--replica <name>', 'which of two twins this is: either alone is enough').choices(['a', 'b']).default('a'))
    .option('--slice <i/n>', 'the i-th of n shares of what detectors count and decide; left out: all of it')
    .option('--json', 'one line when ready: {"url":…,"roles":[…]}')
    .action((flags: StartFlags) => start(output, flags));
}

async function start(output: Output, { config: file, data, port, roles, replica, slice: share, json }: StartFlags): Promise<void> {
  const chosen = rolesOf(roles);
  const config = await readConfig(file, process.env, output);
  sharedBy(chosen, replica, config);
  const slice = sliceOf(share, chosen, config);
  const options = { config, file, folder: data, port: portOf(port), roles: chosen, replica, slice, env: process.env };
  // Loaded only here: the other commands need none of it and answer sooner.
  const { startService } = await import('./service.ts');
  const { plummet, ended } = await startService(options, output);
  if (json) output.json({ url: plummet.url, roles: chosen, replica, slice: showSlice(slice) });
  else {
    sayReady({ url: plummet.url, config, file, folder: data, roles: chosen, replica, slice }, output);
    sayNext(file, output);
  }
  await ended;
}

interface Ready {
  readonly url: string;
  readonly config: Config;
  readonly file: string;
  readonly folder: string;
  readonly roles: readonly Role[];
  readonly replica?: Replica;
  readonly slice?: Slice;
}

/** One calm screen. */
export function sayReady({ url, config, ...about }: Ready, output: Output): void {
  const { style, mark, line } = output;
  const critical = config.metrics.filter((metric) => metric.critical);
  line();
  line(`${style('bold', `Plummet ${version}`)} is watching ${count(config.metrics.length, 'metric')}, ${critical.length} of them page.`);
  line();
  const said: [Role, string, string][] = [
    ['ingest', 'gateway', `takes events at ${style('blue', `${url}/v1/events`)}`],
    [
      'detectors',
      'detectors',
      `${count(critical.length, 'critical metric')}, ${count(config.metrics.length - critical.length, 'other')}, one decision a second`,
    ],
    ['alerting', 'alerting', reach(config.people)],
    ['dashboards', 'dashboards', style('blue', url)],
  ];
  for (const [role, name, text] of said) if (about.roles.includes(role)) line(`  ${mark.good} ${column(name, 12)} ${text}`);
  line();
  line(`  ${column('configuration', 14)} ${column(shownPath(about.file), 22)} ${style('dim', 'read again when it changes')}`);
  const eventLog = config.kafka ? `Kafka at ${config.kafka.brokers.join(', ')}` : `embedded, ${shownPath(about.folder)}/log`;
  line(`  ${column('event log', 14)} ${eventLog}`);
  line(`  ${column('history', 14)} ${historyOf(config, about.folder)}`);
  line();
  for (const { name, critical: pages, pageWhen } of config.metrics) {
    const { drop, withinSeconds } = pageWhen;
    const rule = `${pages ? 'pages' : 'told in the morning'} when ${showShare(drop)} is gone within ${Math.round(withinSeconds)} s`;
    line(`  ${column(style('bold', name), 14)} ${style('dim', rule)}`);
  }
  line();
  sayPlace(config, about, output);
}

/** What of the whole this process is. */
function sayPlace(
  { kafka }: Config,
  { replica = 'a', slice = WHOLE }: Pick<Ready, 'replica' | 'slice'>,
  { line, mark, style }: Output,
): void {
  if (kafka === undefined) {
    line(`${mark.warning} One process on one machine: nobody is paged while it is down.`);
    return;
  }
  const share = slice.of === 1 ? '' : `, slice ${showSlice(slice)} of what detectors do`;
  const other = replica === 'a' ? 'b' : 'a';
  line(
    `Replica ${replica}${share}. ${style('dim', `Its twin on another machine: plummet start --replica ${other}; either alone is enough.`)}`,
  );
  const { counts } = topics(kafka.partitions);
  if (slice.of <= counts.partitions) return;
  const deciding = counts.partitions === 1 ? 'slice 1 alone decides' : `slices 1 to ${counts.partitions} decide`;
  line(`${mark.warning} counts has ${count(counts.partitions, 'partition')}, so ${deciding}; the others only count.`);
}

function historyOf({ store }: Config, folder: string): string {
  if (store === null) return 'none is kept';
  return store.url === null ? `embedded, ${shownPath(folder)}/store` : `ClickHouse at ${new URL(store.url).origin}`;
}

function sayNext(file: string, { line, style }: Output): void {
  line();
  line(`${style('dim', 'Next:')} plummet check --config ${shownPath(file)} ${style('dim', '· how fast each metric can be sure')}`);
  line(style('dim', STOP));
}

const WAYS: Readonly<Record<string, string>> = { email: 'e-mail', webhook: 'webhook', pagerduty: 'PagerDuty' };

function reach(people: People): string {
  const names = Object.keys(people);
  if (names.length === 0) return 'writes pages to this terminal: nobody is named under `people:`';
  const channels = new Set(names.flatMap((name) => waysOf(people[name]).map(({ channel }) => WAYS[channel] ?? channel)));
  return `${channels.size > 0 ? [...channels].join(', ') : 'this terminal'} to ${names.join(', ')}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
