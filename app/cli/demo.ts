/** `plummet demo`: the whole of Plummet on this machine, with a shop beside it to break. */
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { ACTIONS, type Action } from '../../examples/shop/traffic.ts';
import { SteadyTime, systemClock } from '../../platform/units/clock.ts';
import { ROLES } from '../roles.ts';
import { type ShopProcess, startShop } from '../shop-process.ts';
import { packageFolder } from '../version.ts';
import { readConfig, shownPath } from './config-file.ts';
import { sizesIn } from './folder-size.ts';
import { openBrowser } from './open-browser.ts';
import { column, type Output, widthOf } from './output.ts';
import { STOP, sayReady } from './ready-screen.ts';
import { besideSchema, writeSchema } from './schema-file.ts';
import { urlFlag } from './start.ts';
import { portOf } from './start-flags.ts';

/** The network is cut for so long, or until it is mended. */
const CUT = 'cut';
const CUT_MS = 20_000;

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
  const [{ startService }, { DemoPast }, { cuttable }] = await Promise.all([
    import('./service.ts'),
    import('../rehearsal/past.ts'),
    import('../cut-log.ts'),
  ]);
  const time = new SteadyTime(systemClock);
  const startedAt = time.now();
  const past = new DemoPast({ folder: data, metrics: config.metrics, people: config.people, clock: systemClock });
  const cut = cuttable(systemClock);
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
        actions: [...ACTIONS, CUT],
        act: async (name) => {
          if (name === CUT) return cut.begin(CUT_MS);
          if (name === 'mend') cut.mend();
          shop.act(name as Action);
        },
        mailbox: () => shop.mailbox(),
      },
      around: (log, topics) => cut.through(log, topics),
      prepare: (log, topics) => past.rehearse(log, topics, time.now()),
      listening: (url) => shop.open(url),
      beside: (store, signal) => past.fill(store, signal),
      // The shop says goodbye like any app; with nobody there to hear it, it would wait in vain.
      leaving: () => {
        cut.mend();
        return shop.close();
      },
    },
    output,
  );
  if (json) output.json({ url: plummet.url, roles: ROLES });
  else {
    const ready = { plummet, config, file, folder: data, sizes: await sizesIn(data), roles: ROLES, ...past.said };
    const mailbox = 'e-mail to the demo mailbox';
    sayReady({ ...ready, mailbox, now: time.now(), readyAfterMs: systemClock.monotonic() }, output);
    sayTry(plummet.url, file, output);
    if (open) openBrowser(plummet.url);
  }
  await ended;
}

const WIDTH = 80;

function sayTry(url: string, file: string, { line, style }: Output): void {
  const tries: [what: string, aside: string][] = [
    [style('blue', url), 'break the checkout there'],
    [`curl -X POST ${url}/api/demo/cut`, 'blind for 20 s, pages nobody'],
    [`npx plummet send order.placed amount=42${urlFlag(url)}`, 'an order of yours'],
    [`npx plummet check --config ${shownPath(file)}${urlFlag(url)}`, 'how soon it pages'],
    [shownPath(file), 'edit it: in force in 2 s'],
  ];
  const width = Math.max(...tries.map(([what]) => widthOf(what)));
  const fits = tries.every(([, aside]) => width + aside.length + 4 <= WIDTH);
  line();
  line(style('bold', 'Try this'));
  for (const [what, aside] of tries) {
    if (fits) line(`  ${column(what, width)}  ${style('dim', aside)}`);
    else line(`  ${style('dim', `${aside}:`)}\n    ${what}`);
  }
  line();
  line(style('dim', STOP));
}
