/** `plummet check`: is the YAML right, and how long does each metric need to be sure? */
import { Command } from 'commander';
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { POISSON, secondsToPage } from '../../detectors/steep-drop/delay.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { sentence } from '../../platform/config/explain.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showRate } from '../../platform/units/rate.ts';
import { loadFile, sayProblem, shownPath } from './config-file.ts';
import { column, type Output, UserError } from './output.ts';

const ASK_MS = 1000;
const LOST = [1, 0.8, 0.5] as const;

interface CheckFlags {
  config: string;
  url?: string;
  json?: boolean;
}

/** Seconds to be sure of 100, 80 and 50 % lost; null = never within the longest window. */
interface Needs {
  readonly name: string;
  /** Usual events/s; null while Plummet does not run. */
  readonly rate: number | null;
  readonly seconds: readonly (number | null)[];
}

export function checkCommand(output: Output): Command {
  return new Command('check')
    .description('is the YAML right, and how long does each metric need to be sure?')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--url <url>', 'a running Plummet whose usual rates are taken; left out: the address of the YAML')
    .option('--json', 'print problems and times as JSON')
    .action((flags: CheckFlags) => check(output, flags));
}

async function check(output: Output, { config: file, url, json }: CheckFlags): Promise<void> {
  const { config, errors, warnings, text } = loadFile(file, process.env);
  const name = shownPath(file);
  if (!config) {
    if (json) output.json({ valid: false, errors: errors.map((error) => ({ ...error, text: sentence(error) })) });
    else for (const error of errors) sayProblem(error, text, output);
    throw new UserError(`${errors.length === 1 ? '1 error' : `${errors.length} errors`} in ${name}.`, { exit: 1 });
  }
  const needs = await needsOf(config, url);
  if (json) return output.json({ valid: true, warnings: warnings.map(sentence), metrics: needs });
  for (const warning of warnings) sayProblem(warning, text, output);
  const critical = config.metrics.filter((metric) => metric.critical);
  const people = Object.keys(config.people).length;
  const reach = people === 0 ? 'nobody can be reached' : `${people} ${people === 1 ? 'person' : 'people'} can be reached`;
  const watched = `${config.metrics.length} metrics, ${critical.length} of them page, ${reach}`;
  output.line(`${output.mark.good} ${output.style('bold', name)} is valid: ${watched}.`);
  sayNeeds(needs, config, output);
}

async function needsOf({ metrics, server }: Config, url: string | undefined): Promise<Needs[]> {
  const base = url ?? `http://${server.host}:${server.port}`;
  const known = await askRates(base, url !== undefined, server.tokens[0]?.token);
  return metrics
    .filter((metric) => metric.critical)
    .map(({ name, pageWhen }) => {
      const rate = known.get(name) ?? null;
      return { name, rate, seconds: LOST.map((lost) => (rate === null ? null : needed(rate, lost, pageWhen))) };
    });
}

/** Never less than `for`; null where even the longest window is too short. */
const needed = (rate: number, lost: number, pageWhen: PageWhen): number | null => secondsToPage(rate, lost, pageWhen, POISSON);

async function askRates(base: string, demanded: boolean, token: string | undefined): Promise<Map<string, number>> {
  try {
    const headers = { ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(new URL('/api/metrics', base), { headers, signal: AbortSignal.timeout(ASK_MS) });
    const metrics = (await response.json()) as MetricNow[];
    return new Map(metrics.flatMap(({ name, usual }) => (usual === null ? [] : [[name, usual] as const])));
  } catch {
    if (demanded) throw new UserError(`no Plummet answers at ${base}.`, { hint: 'Start it, or leave --url out.', exit: 1 });
    return new Map();
  }
}

function sayNeeds(needs: readonly Needs[], { metrics }: Config, output: Output): void {
  if (needs.length === 0) return;
  const { line, style, mark } = output;
  line();
  if (needs.every(({ rate }) => rate === null)) {
    line('  How long each metric needs to be sure follows from its usual rate. Start Plummet, let it count,');
    line('  and run this again, with --url where it does not listen on the address of the YAML.');
    return;
  }
  line('  Time to be sure, at the usual rate now');
  line(
    style(
      'dim',
      `  ${column('metric', 14)}${column('rate', 9, 'right')}${LOST.map((lost) => column(`${lost * 100}%`, 12, 'right')).join('')}`,
    ),
  );
  for (const { name, rate, seconds } of needs) {
    const shown = seconds.map((s) => column(s === null ? '–' : showDuration(Math.round(s * 10) * 100), 12, 'right'));
    line(`  ${column(style('bold', name), 14)}${column(rate === null ? '–' : showRate(rate), 9, 'right')}${shown.join('')}`);
  }
  line();
  for (const { name, rate, seconds } of needs) if (rate !== null && seconds[0] === null) line(`${mark.warning} ${tooSlow(name, rate)}`);
  for (const metric of metrics.filter(({ critical }) => critical)) sayDip(metric, output);
}

const tooSlow = (name: string, rate: number): string =>
  `${name}: ${showRate(rate)} is too slow to be sure of anything. Drawn, never paged.`;

/** A dip that ends within `for` minus 1.5 s is ignored. */
function sayDip({ name, pageWhen }: ConfiguredMetric, { line, mark }: Output): void {
  if (pageWhen.forSeconds >= 4) return;
  line(`${mark.warning} ${name}: a deploy's dip of 2 s pages now and then on for: ${pageWhen.forSeconds}s, never on for: 4s.`);
}
