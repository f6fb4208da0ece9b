/** `plummet start`: the service, all roles or some. */

import { Command, Option } from 'commander';
import { showSlice } from '../../detectors/counting/slices.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { ROLES } from '../roles.ts';
import { readConfig, shownPath } from './config-file.ts';
import { sizesIn } from './folder-size.ts';
import type { Output } from './output.ts';
import { STOP, sayReady } from './ready-screen.ts';
import { portOf, rolesOf, sharedBy, sliceOf } from './start-flags.ts';

/** What is read where no file is named. */
const USUAL_FILE = 'plummet.yaml';

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
    .option('--config <file>', 'the YAML', USUAL_FILE)
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
    const ready = { plummet, config, file, folder: data, sizes: await sizesIn(data), roles: chosen, replica, slice };
    sayReady({ ...ready, now: systemClock.wall(), readyAfterMs: systemClock.monotonic() }, output);
    sayNext(file, plummet.url, output);
  }
  await ended;
}

function sayNext(file: string, url: string, { line, style }: Output): void {
  const named = file === USUAL_FILE ? '' : ` --config ${shownPath(file)}`;
  const command = `npx plummet check${named}${urlFlag(url)}`;
  const why = 'how fast each metric can be sure';
  line();
  line(`${style('dim', 'Next:')} ${command}${command.length + why.length > COLUMNS - 8 ? '\n      ' : '  '}${style('dim', why)}`);
  line(style('dim', STOP));
}

const COLUMNS = 80;
/** Where `check` and `send` look by themselves. */
const USUAL_URL = 'http://127.0.0.1:8080';

export function urlFlag(url: string): string {
  return url === USUAL_URL ? '' : ` --url ${url}`;
}
