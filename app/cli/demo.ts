/** `plummet demo`: the whole of Plummet on this machine, with a shop beside it to break. */
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { ACTIONS, type Action } from '../../examples/shop/traffic.ts';
import { SteadyTime, systemClock } from '../../platform/units/clock.ts';
import { ROLES } from '../roles.ts';
import { type ShopProcess, startShop } from '../shop-process.ts';
import { packageFolder } from '../version.ts';
import { readConfig, shownPath } from './config-file.ts';
import { openBrowser } from './open-browser.ts';
import { column, type Output } from './output.ts';
import { besideSchema, writeSchema } from './schema-file.ts';
import { STOP, sayReady } from './start.ts';
import { portOf } from './start-flags.ts';

interface DemoFlags {
  data: string;
  port?: string;
  open: boolean;
  json?: boolean;
}

export function demoCommand(output: Output): Command {
  return new Command('demo')
    .description('start with a demo shop beside it, to break')
    .option('--data <dir>', 'where events, state and incidents are kept', 'data')
    .option('--port <n>', 'port of the dashboard; 0 takes a free one')
    .option('--no-open', 'do not open the dashboard in a browser')
    .option('--json', 'one line when ready: {"url":…,"roles":[…]}')
    .action((flags: DemoFlags) => demo(output, flags));
}

async function demo(output: Output, { data, port, json, open }: DemoFlags): Promise<void> {
  const file = await ownConfig(data);
  const shop = await startShop(systemClock);
  try {
    await run(output, { data, port, json: json === true, open, file, shop });
  } finally {
    await shop.close();
  }
}

/** The demo's YAML is copied to the data folder once: it is the visitor's to edit. */
async function ownConfig(data: string): Promise<string> {
  const file = join(data, 'plummet.yaml');
  mkdirSync(data, { recursive: true });
  writeSchema(data);
  if (!existsSync(file)) await writeFile(file, besideSchema(await readFile(join(packageFolder, 'examples/shop/plummet.yaml'), 'utf8')));
  return file;
}

interface Running {
  readonly data: string;
  readonly port: string | undefined;
  readonly json: boolean;
  readonly open: boolean;
  readonly file: string;
  readonly shop: ShopProcess;
}

async function run(output: Output, { data, port, json, open, file, shop }: Running): Promise<void> {
  const env = { ...process.env, DEMO_SMTP: shop.smtpUrl };
  const config = await readConfig(file, env, output);
  // Loaded only here: the other commands need none of it and answer sooner.
  const [{ startService }, { rehearse }] = await Promise.all([import('./service.ts'), import('../rehearsal.ts')]);
  const time = new SteadyTime(systemClock);
  const startedAt = time.now();
  const { plummet, ended } = await startService(
    {
      config,
      file,
      folder: data,
      port: portOf(port),
      roles: ROLES,
      replica: 'a',
      env,
      demo: {
        startedAt,
        actions: ACTIONS,
        act: async (name) => shop.act(name as Action),
        mailbox: () => shop.mailbox(),
      },
      prepare: (log, topics) => rehearse({ log, topics, metrics: config.metrics, now: time.now() }),
      listening: (url) => shop.open(url),
      // The shop says goodbye like any app; with nobody there to hear it, it would wait in vain.
      leaving: () => shop.close(),
    },
    output,
  );
  if (json) output.json({ url: plummet.url, roles: ROLES });
  else {
    sayReady({ url: plummet.url, config, file, folder: data, roles: ROLES }, output);
    sayTry(plummet.url, file, output);
    if (open) openBrowser(plummet.url);
  }
  await ended;
}

/** Where `check` and `send` look by themselves. */
const USUAL_URL = 'http://127.0.0.1:8080';

function sayTry(url: string, file: string, { line, style }: Output): void {
  const at = url === USUAL_URL ? '' : ` --url ${url}`;
  const tries: [what: string, aside: string][] = [
    [`open ${style('blue', url)}`, 'break the checkout'],
    [`curl -X POST ${url}/api/demo/break-checkout`, 'the same from here'],
    [`npx plummet send order.placed amount=42${at}`, 'an order of yours'],
    [`npx plummet check --config ${shownPath(file)}${at}`, 'how soon it pages'],
    [`edit ${shownPath(file)}`, 'in force in 2 s'],
  ];
  const width = Math.max(...tries.map(([what]) => stripVTControlCharacters(what).length));
  line();
  line(style('bold', 'Try this'));
  for (const [what, aside] of tries) line(`  ${column(what, width)}  ${style('dim', aside)}`);
  line();
  line(style('dim', STOP));
}
