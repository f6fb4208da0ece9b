/** `plummet check`: is the YAML right, and how long does each metric need to be sure? */
import { Command, Option } from 'commander';
import type { Missing } from '../../detectors/backtest/replay.ts';
import { sentence } from '../../platform/config/explain.ts';
import type { Config } from '../../platform/config/load.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { adviceOf } from './advice.ts';
import { checkSegments } from './check-segments.ts';
import { loadFile, sayProblem, shownPath } from './config-file.ts';
import { type Answered, askRunning, type Needs, needsOf } from './needs.ts';
import { needsJson } from './needs-json.ts';
import { sayAdvice, sayPromises, sayTimes } from './needs-table.ts';
import { type Output, UserError } from './output.ts';
import { type PlannedNext, plannedNext, sayPlanned } from './planned-lines.ts';
import { readRecorded } from './recorded.ts';
import { schemaText } from './schema-file.ts';
import { sayThresholds } from './threshold-words.ts';

interface CheckFlags {
  config: string;
  data: string;
  url?: string;
  csv?: string[];
  missing?: Missing;
  all?: boolean;
  schema?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  plummet check                                        the times come from the Plummet at the address of the YAML
  plummet check --url http://127.0.0.1:18080           or from this one
  plummet check --csv orders=orders.csv --csv signups=signups.csv.gz
                                                       or from recorded counts: lines of epoch_second,count
  plummet check --schema > plummet.schema.json         for editors: # yaml-language-server: $schema=./plummet.schema.json

Exit codes: 0 the YAML is right, 1 it is not or nobody answers at --url, 2 usage or a CSV that cannot be read.`;

export function checkCommand(output: Output): Command {
  return new Command('check')
    .description('is the YAML right, and how long does each metric need to be sure?')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--url <url>', 'a running Plummet whose rates and noise are taken; left out: the address of the YAML')
    .option('--data <dir>', 'where the history is kept that knows how many values a field of `by` has', 'data')
    .option('--csv <name=file...>', 'recorded counts of a metric: its times, and what they would have paged')
    .addOption(new Option('--missing <how>', 'how to read a second without a line in them').choices(['zero', 'nodata']))
    .option('--schema', 'print the JSON Schema of the YAML, for editors, and check nothing')
    .option('--all', 'show the metrics that wake nobody, too')
    .option('--json', 'print problems and times as JSON')
    .addHelpText('after', EXAMPLES)
    .action((flags: CheckFlags) => (flags.schema ? printSchema() : check(output, flags)));
}

function printSchema(): void {
  process.stdout.write(schemaText());
}

async function check(output: Output, { config: file, data, url, csv = [], missing, all = false, json = false }: CheckFlags): Promise<void> {
  const { config, errors, warnings, text } = await loadFile(file, process.env);
  const name = shownPath(file);
  if (!config) {
    if (json) output.json({ valid: false, errors: errors.map((error) => ({ ...error, text: sentence(error) })) });
    else for (const error of errors) sayProblem(error, text, output);
    const hint = json ? '' : 'A Plummet that runs keeps the configuration that it has.';
    throw new UserError(`${errors.length === 1 ? '1 error' : `${errors.length} errors`} in ${name}.`, { exit: 1, ...(hint && { hint }) });
  }
  const segments = await checkSegments({ config, text, file: name, folder: data }, output);
  const unbounded = segments.filter(({ warning }) => !warning);
  if (unbounded.length > 0) {
    if (json) output.json({ valid: false, errors: unbounded.map((error) => ({ ...error, text: sentence(error) })) });
    else for (const error of unbounded) sayProblem(error, text, output);
    throw new UserError(`${unbounded.length === 1 ? '1 error' : `${unbounded.length} errors`} in ${name}.`, { exit: 1 });
  }
  const recorded = await readRecorded(csv, config, { missing, json }, output);
  if (!recorded) {
    process.exitCode = 2;
    return;
  }
  const answered = await askRunning(config, url);
  const needs = needsOf(config, answered, recorded);
  for (const { file: from, notes } of recorded.values()) for (const note of notes) output.talk(`${output.mark.warning} ${from}: ${note}.`);
  const paging = needs.filter(({ critical }) => critical);
  const advice = adviceOf(paging, config.timezone);
  const second = Math.floor(systemClock.wall() / 1000);
  const planned: PlannedNext[] = plannedNext(config.metrics, second);
  const told = [...warnings, ...segments];
  if (json) return output.json(needsJson(all ? needs : paging, { warnings: told.map(sentence), advice, planned, config, answered }));
  for (const warning of told) sayProblem(warning, text, output);
  output.line(`${output.mark.good} ${output.style('bold', name)} is valid: ${watched(config, paging.length)}.`);
  output.line();
  sayNeeds(all ? needs : paging, { config, answered, url }, output);
  sayPlanned(planned, { second, timezone: config.timezone }, output);
  const quiet = needs.length - paging.length;
  if (!all && quiet > 0) {
    const command = `plummet check${file === 'plummet.yaml' ? '' : ` --config ${name}`} --all`;
    const { style } = output;
    output.line(`  ${style('dim', `${quiet} more ${quiet === 1 ? 'wakes' : 'wake'} nobody`)}  ${command}`);
    output.line();
  }
  sayAdvice(advice, output);
  sayThresholds(paging, output);
  sayPromises(paging, output);
}

function watched({ metrics, people }: Config, paging: number): string {
  const reached = Object.keys(people).length;
  const reach = reached === 0 ? 'nobody can be reached' : `${reached} ${reached === 1 ? 'person' : 'people'} can be reached`;
  return `${metrics.length} ${metrics.length === 1 ? 'metric' : 'metrics'}, ${paging} of them ${paging === 1 ? 'pages' : 'page'}, ${reach}`;
}

interface Asked {
  readonly config: Config;
  readonly answered: Answered;
  readonly url: string | undefined;
}

/** What is known, and of the rest how to come to know it. */
function sayNeeds(needs: readonly Needs[], { config, answered, url }: Asked, output: Output): void {
  const { line, mark } = output;
  if (needs.some(({ now }) => now !== null)) {
    sayTimes(needs, config.timezone, output);
    if (!needs.some(({ quietest }) => quietest)) {
      line('  The quietest hour of a metric is known once it was counted for a whole day.');
      line();
    }
  }
  const unknown = needs.filter(({ from }) => from === null).map(({ name }) => name);
  if (unknown.length === 0) return;
  if (answered.metrics) {
    line(`${mark.warning} The Plummet at ${answered.base} does not count ${unknown.join(', ')} as this YAML says.`);
    line(`  Start it with this YAML, or give recorded counts: --csv ${unknown[0]}=FILE`);
  } else {
    line(`  How long ${unknown.join(', ')} ${unknown.length === 1 ? 'needs' : 'need'} to be sure follows from the rate and the noise.`);
    if (answered.refused) line(`  ${answered.refused}.`);
    const where = url === undefined ? `, with --url where it does not listen at ${answered.base}` : '';
    line(`  Start Plummet, let it count and run this again${where};`);
    line(`  or give recorded counts: --csv ${unknown[0]}=FILE`);
  }
  line();
}
