/** `plummet start`: the service, all roles or some. */
import { Command, Option } from 'commander';
import type { Config } from '../../platform/config/load.ts';
import { showShare } from '../../platform/units/share.ts';
import { ROLES, type Role } from '../roles.ts';
import { version } from '../version.ts';
import { readConfig, shownPath } from './config-file.ts';
import { column, type Output, UserError } from './output.ts';

/** The last line of the screen. */
export const STOP = 'Ctrl-C drains and stops';

interface StartFlags {
  config: string;
  data: string;
  port?: string;
  roles?: string;
  replica: 'a' | 'b';
  json?: boolean;
}

export function startCommand(output: Output): Command {
  return new Command('start')
    .description('the service, all roles or some')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--data <dir>', 'where events, state and incidents are kept', 'data')
    .option('--port <n>', 'in place of server.port; 0 takes a free one')
    .option('--roles <list>', `some of ${ROLES.join(',')}; left out: all`)
    .addOption(new Option('--replica <name>', 'which of two twins this is').choices(['a', 'b']).default('a'))
    .option('--json', 'one line when ready: {"url":…,"roles":[…]}')
    .action((flags: StartFlags) => start(output, flags));
}

async function start(output: Output, { config: file, data, port, roles, replica, json }: StartFlags): Promise<void> {
  const chosen = rolesOf(roles);
  const config = await readConfig(file, process.env, output);
  const options = { config, file, folder: data, port: portOf(port), roles: chosen, replica, env: process.env };
  // Loaded only here: the other commands need none of it and answer sooner.
  const { startService } = await import('./service.ts');
  const { plummet, ended } = await startService(options, output);
  if (json) output.json({ url: plummet.url, roles: chosen });
  else {
    sayReady({ url: plummet.url, config, file, folder: data, roles: chosen }, output);
    sayNext(file, output);
  }
  await ended;
}

export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UserError(`--port ${text} is no port.`, { hint: 'A number from 0 to 65535; 0 takes a free one.' });
}

function rolesOf(text: string | undefined): readonly Role[] {
  if (text === undefined) return ROLES;
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !ROLES.includes(name as Role));
  if (unknown.length > 0) throw new UserError(`there is no role ${unknown.join(', ')}.`, { hint: `There are ${ROLES.join(', ')}.` });
  return ROLES.filter((role) => named.includes(role));
}

interface Ready {
  readonly url: string;
  readonly config: Config;
  readonly file: string;
  readonly folder: string;
  readonly roles: readonly Role[];
}

/** One calm screen. */
export function sayReady({ url, config, ...about }: Ready, output: Output): void {
  const { style, mark, line } = output;
  const critical = config.metrics.filter((metric) => metric.critical);
  const people = Object.keys(config.people);
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
    ['alerting', 'alerting', reach(people, config.mail !== undefined)],
    ['dashboards', 'dashboards', style('blue', url)],
  ];
  for (const [role, name, text] of said) if (about.roles.includes(role)) line(`  ${mark.good} ${column(name, 12)} ${text}`);
  line();
  line(`  ${column('configuration', 14)} ${column(shownPath(about.file), 22)} ${style('dim', 'read again when it changes')}`);
  line(`  ${column('event log', 14)} embedded, ${shownPath(about.folder)}/log`);
  line(`  ${column('history', 14)} ${historyOf(config, about.folder)}`);
  line();
  for (const { name, critical: pages, pageWhen } of config.metrics) {
    const { drop, withinSeconds } = pageWhen;
    const rule = `${pages ? 'pages' : 'told in the morning'} when ${showShare(drop)} is gone within ${Math.round(withinSeconds)} s`;
    line(`  ${column(style('bold', name), 14)} ${style('dim', rule)}`);
  }
  line();
  line(`${mark.warning} One process on one machine: nobody is paged while it is down.`);
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

function reach(people: readonly string[], mail: boolean): string {
  if (people.length === 0) return 'writes pages to this terminal: nobody is named under `people:`';
  return `${mail ? 'e-mail' : 'this terminal'} to ${people.join(', ')}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
