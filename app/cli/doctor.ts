/** `plummet doctor`: is every part reachable and well set, and what mends what is not? It changes nothing. */
import { Command } from 'commander';
import { sentence } from '../../platform/config/explain.ts';
import type { Config } from '../../platform/config/load.ts';
import type { PlacedProblem } from '../../platform/config/problem.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import type { Diagnosis } from '../../platform/units/diagnosis.ts';
import { loadFile, sayProblem, shownPath } from './config-file.ts';
import { examineFolder } from './doctor-folder.ts';
import { type Examined, partsJson, sayPart, summaryOf } from './doctor-words.ts';
import { type Output, UserError } from './output.ts';

interface DoctorFlags {
  config: string;
  data: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  plummet doctor                                 before the first start, and whenever something is slow
  plummet doctor --json | jq '.parts[].findings[] | select(.is != "well")'

Exit codes: 0 nothing stops or misleads Plummet (warnings stay 0), 1 something does, 2 usage.`;

export function doctorCommand(output: Output): Command {
  return new Command('doctor')
    .description('is every part reachable and well set, and what mends what is not?')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--data <dir>', 'where events, state and incidents are kept', 'data')
    .option('--json', 'print what is found as JSON')
    .addHelpText('after', EXAMPLES)
    .action((flags: DoctorFlags) => doctor(output, flags));
}

async function doctor(output: Output, { config: file, data, json = false }: DoctorFlags): Promise<void> {
  const { config, errors, warnings, text } = await loadFile(file, process.env);
  const name = shownPath(file);
  if (!config) {
    const findings = errors.map((error): Diagnosis => ({ is: 'ill', of: error.path.join('.') || name, says: sentence(error) }));
    if (json) output.json(partsJson([{ part: name, findings }]));
    else for (const error of errors) sayProblem(error, text, output);
    const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
    throw new UserError(`${count} in ${name}: nothing else was looked at.`, { exit: 1 });
  }
  const yaml: Examined = { part: name, findings: [...warnings.map(warned), watching(config)] };
  const examined: Examined[] = [yaml];
  if (!json) sayPart(yaml, output);
  // All at once, and told in this order: each takes some seconds at most.
  for (const examining of partsOf(config, data)) {
    const part = await examining;
    examined.push(part);
    if (!json) sayPart(part, output);
  }
  if (json) output.json(partsJson(examined));
  else output.line(summaryOf(examined, output));
  if (examined.some(({ findings }) => findings.some(({ is }) => is === 'ill'))) process.exitCode = 1;
}

function warned({ path, line, message, hint = '' }: PlacedProblem): Diagnosis {
  return { is: 'warning', of: `line ${line}, ${path.join('.')}`, says: `${message} ${hint}`.trim() };
}

function watching({ metrics }: Config): Diagnosis {
  const paging = metrics.filter(({ critical }) => critical).length;
  const many = metrics.length === 1 ? 'metric' : 'metrics';
  const says = `is valid: ${metrics.length} ${many}, ${paging} of them ${paging === 1 ? 'pages' : 'page'}.`;
  return { is: 'well', of: 'the YAML', says };
}

function partsOf(config: Config, data: string): Promise<Examined>[] {
  return [eventLogOf(config), storeOf(config), mailOf(config), folderOf(config, data)].filter((part) => part !== null);
}

// What each needs is loaded only here: the other commands need none of it and answer sooner.

function eventLogOf({ kafka }: Config): Promise<Examined> | null {
  if (kafka === undefined) return null;
  return (async () => {
    const { examineKafka } = await import('../../platform/eventlog/kafka/examine/examine.ts');
    const { random } = Math;
    const findings = await examineKafka({ kafka, topics: Object.values(topics(kafka.partitions)), clock: systemClock, random });
    return { part: `event log: Kafka at ${kafka.brokers.join(', ')}`, findings };
  })();
}

async function storeOf({ store }: Config): Promise<Examined> {
  if (store === null) return { part: 'history', findings: [{ is: 'well', of: 'store', says: 'none is kept, as the YAML says.' }] };
  const { url, cluster } = store;
  if (url === null) {
    const { examineEmbedded } = await import('../../platform/store/embedded/examine.ts');
    return { part: 'history: embedded', findings: await examineEmbedded(systemClock) };
  }
  const { examineStore } = await import('../../platform/store/examine.ts');
  return { part: `history: ClickHouse at ${new URL(url).origin}`, findings: await examineStore({ url, cluster }, systemClock) };
}

async function mailOf({ mail, people }: Config): Promise<Examined> {
  const part = 'mail';
  if (mail === undefined) {
    const says =
      Object.keys(people).length === 0 ? 'nobody is named under `people:`: pages are written to the terminal.' : 'none is asked for.';
    return { part, findings: [{ is: 'well', of: 'mail server', says }] };
  }
  const { examineMail } = await import('../../alerting/notify/email/examine.ts');
  return { part, findings: await examineMail(mail) };
}

async function folderOf({ kafka, store }: Config, data: string): Promise<Examined> {
  const kept = kafka === undefined ? ['events, state and incidents'] : ['what waits for the store'];
  if (store !== null && store.url === null) kept.push('history');
  return { part: 'data folder', findings: await examineFolder(data, `keeps ${kept.join(' and ')}`) };
}
