/** `plummet test`: rule tests in YAML, for a team's CI: series in, pages out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import type { RuleTest } from '../../detectors/backtest/rule-test.ts';
import { outcomeOf, playRepeats } from '../../detectors/backtest/run-rule-test.ts';
import { WarmStarts } from '../../detectors/backtest/warm-start.ts';
import { sentence } from '../../platform/config/explain.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { loadFile, sayProblem, shownPath } from './config-file.ts';
import { junitXml } from './junit.ts';
import { type Output, UserError } from './output.ts';
import { progress } from './progress.ts';
import { testSchemaText } from './schema-file.ts';
import { knownOf, namesMetrics, readTests, type TestFile, textOfTests } from './test-file.ts';
import { type Asked, type Played, playOnThreads, type Read } from './test-threads.ts';
import { failureLines, outcomeJson, type Result, sayOutcome, showMs } from './test-words.ts';

interface TestFlags {
  config: string;
  filter?: string;
  junit?: string;
  schema?: boolean;
  json?: boolean;
}

/** Seconds of series that one thread has played before others have begun. */
const ALONE_SECONDS_MAX = 1_000_000;
/** Repeats that are played in one go together. */
const PART_SECONDS = 500_000;
/** What a test costs beside its series: the days before it, where no other test has lived them. */
const STARTED_SECONDS = 30_000;

const EXAMPLES = `
Examples:
  plummet test plummet-test.yaml                              the metrics are those of plummet.yaml
  plummet test --config shop/plummet.yaml shop/tests/*.yaml --junit report.xml
  plummet test plummet-test.yaml --filter "sale end"          only those with these words in their name
  plummet test --schema > plummet-test.schema.json            for editors: # yaml-language-server: $schema=./plummet-test.schema.json

A test:   { name: an outage pages, metric: orders, series: "100x1800 0x60", expect: [{ page_within: 10s, after: 30m }] }
A scene:  { metric: orders, rate: 100, expect: [outage at 14:00 pages within 6 s, sale end: none] }
Exit codes: 0 all passed, 1 one did not, 2 usage, or a file that cannot be read.`;

export function testCommand(output: Output): Command {
  return new Command('test')
    .description('rule tests in YAML: series or named scenes in, expected pages out')
    .argument('[files...]', 'files of tests')
    .option('--config <file>', 'the YAML of the metrics', 'plummet.yaml')
    .option('--filter <text>', 'only tests with this in their name')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--schema', 'print the JSON Schema of a file of tests, for editors, and test nothing')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], flags: TestFlags) => (flags.schema ? printSchema() : test(output, files, flags)));
}

function printSchema(): void {
  process.stdout.write(testSchemaText());
}

async function test(output: Output, paths: readonly string[], flags: TestFlags): Promise<void> {
  const from = systemClock.monotonic();
  if (paths.length === 0)
    throw new UserError('there is nothing to test.', { hint: 'Name a file of tests: plummet test plummet-test.yaml' });
  const twice = paths.find((path, i) => paths.findIndex((other) => resolve(other) === resolve(path)) < i);
  if (twice !== undefined) throw new UserError(`${shownPath(twice)} is named twice.`, { hint: 'Each file of tests is played once.' });
  const read = await textsOf(paths, flags, output);
  if (!read) return fail(2);
  const known = knownOf(read.config, process.env);
  const files = read.files.map(({ text, file }) => readTests(text, file, known));
  if (files.some(({ errors }) => errors.length > 0)) return sayErrors(files, flags, output);
  const played = await play(read, chosenOf(files, flags.filter));
  if (flags.junit !== undefined) writeJUnit(flags.junit, files, played);
  const isPassed = played.every(({ outcome }) => outcome.passed);
  const tookMs = systemClock.monotonic() - from;
  if (flags.json) tellJson(files, played, tookMs, output);
  else tell(files, played, tookMs, output);
  if (!isPassed) fail(1);
}

function fail(code: 1 | 2): void {
  process.exitCode = code;
}

/** @returns null where the YAML of the metrics is wrong, which is told by then */
async function textsOf(paths: readonly string[], { config: path, json }: TestFlags, output: Output): Promise<Read | null> {
  const files = paths.map((each) => ({ text: textOfTests(each), file: shownPath(each) }));
  if (!files.some(({ text }) => namesMetrics(text))) return { config: null, files };
  const { config, errors, text } = await loadFile(path, process.env).catch((error: unknown) => {
    if (error instanceof UserError) throw new UserError(error.message, { ...(error.hint && { hint: error.hint }), exit: 2 });
    throw error;
  });
  if (config) return { config: { text, file: shownPath(path) }, files };
  if (json) output.json({ valid: false, errors: errors.map((error) => ({ ...error, text: sentence(error) })) });
  else for (const error of errors) sayProblem(error, text, output);
  return null;
}

function sayErrors(files: readonly TestFile[], { json }: TestFlags, output: Output): void {
  const all = files.flatMap(({ errors, text }) => errors.map((error) => ({ error, text })));
  if (json) output.json({ valid: false, errors: all.map(({ error }) => ({ ...error, text: sentence(error) })) });
  else for (const { error, text } of all) sayProblem(error, text, output);
  throw new UserError(`${all.length === 1 ? '1 error' : `${all.length} errors`} in the tests: nothing was played.`);
}

/** A test with its file. */
interface Chosen {
  readonly file: number;
  readonly at: number;
  readonly test: RuleTest;
}

/** In the order of the files. */
function chosenOf(files: readonly TestFile[], filter = ''): Chosen[] {
  const all = files.flatMap(({ tests }, file) => tests.map((test, at) => ({ file, at, test })));
  const chosen = all.filter(({ test: { name } }) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length > 0) return chosen;
  const names = all.slice(0, 3).map(({ test: { name } }) => name);
  throw new UserError(`no test has "${filter}" in its name.`, { hint: `There is "${names.join('", "')}".` });
}

/** @returns results in the order chosen */
async function play(read: Read, chosen: readonly Chosen[]): Promise<Result[]> {
  const parts = chosen.map((): Played[] => []);
  const queue = chosen.flatMap(partsOf);
  const cost = queue.reduce((sum, { seconds }) => sum + seconds, 0);
  const bar = await progress('plummet test', cost);
  const keep = (one: Played): void => {
    const at = chosen.findIndex(({ file, at: test }) => file === one.file && test === one.test);
    parts[at]?.push(one);
    bar.add(((chosen[at] as Chosen).test.seconds + 1) * (one.to - one.from) + STARTED_SECONDS);
  };
  try {
    if (cost <= ALONE_SECONDS_MAX) playHere(queue, chosen, keep);
    else
      await playOnThreads(
        read,
        queue.sort((a, b) => b.seconds - a.seconds),
        keep,
      );
  } finally {
    bar.stop();
  }
  return chosen.map(({ file, test }, i) => {
    const own = parts[i] as Played[];
    const outcome = outcomeOf(
      test,
      own.map(({ repeats }) => repeats),
    );
    return { file, outcome, tookMs: own.reduce((sum, { tookMs }) => sum + tookMs, 0) };
  });
}

/** Repeats of one test that are played in one go, and what they cost in seconds of series. */
function partsOf({ file, at, test: { seconds, times } }: Chosen): (Asked & { readonly seconds: number })[] {
  const size = Math.max(1, Math.floor(PART_SECONDS / seconds));
  const parts = Math.ceil(times / size);
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part * size, Math.min(times, (part + 1) * size)];
    return { file, test: at, from, to, seconds: (seconds + 1) * (to - from) + STARTED_SECONDS };
  });
}

function playHere(queue: readonly Asked[], chosen: readonly Chosen[], keep: (one: Played) => void): void {
  const starts = new WarmStarts();
  for (const asked of queue) {
    const began = systemClock.monotonic();
    const { test } = chosen.find(({ file, at }) => file === asked.file && at === asked.test) as Chosen;
    const repeats = playRepeats(test, asked.from, asked.to, starts);
    keep({ ...asked, repeats, tookMs: systemClock.monotonic() - began });
  }
}

function tell(files: readonly TestFile[], played: readonly Result[], tookMs: number, output: Output): void {
  const { line, mark, style } = output;
  for (const [at, { file }] of files.entries()) {
    const own = played.filter((one) => one.file === at);
    if (own.length === 0) continue;
    line(style('bold', file));
    for (const one of own) sayOutcome(one, output);
    line();
  }
  const failed = played.filter(({ outcome }) => !outcome.passed).length;
  const passed = played.length - failed;
  const seconds = played.reduce((sum, { outcome }) => sum + outcome.seconds, 0);
  const counted = `${passed.toLocaleString('en-US')} passed${failed > 0 ? `, ${failed.toLocaleString('en-US')} failed` : ''}`;
  line(
    `${failed > 0 ? mark.bad : mark.good} ${style('bold', counted)}: ${seconds.toLocaleString('en-US')} s of series in ${showMs(tookMs)}.`,
  );
}

function tellJson(files: readonly TestFile[], played: readonly Result[], tookMs: number, output: Output): void {
  const failed = played.filter(({ outcome }) => !outcome.passed).length;
  output.json({
    valid: true,
    ...{ passed: played.length - failed, failed },
    seconds: played.reduce((sum, { outcome }) => sum + outcome.seconds, 0),
    tookMs: Math.round(tookMs),
    tests: played.map((one) => outcomeJson(one, files[one.file]?.file as string)),
  });
}

function writeJUnit(path: string, files: readonly TestFile[], played: readonly Result[]): void {
  const suites = files.map(({ file }, at) => ({
    file,
    cases: played
      .filter((one) => one.file === at)
      .map(({ outcome, tookMs }) => {
        const lines = outcome.passed ? [] : failureLines(outcome);
        const message = lines.slice(0, 2).join(' ');
        return { outcome, tookMs, failure: outcome.passed ? null : { message, text: lines.join('\n') } };
      }),
  }));
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, junitXml(suites));
  } catch (error) {
    throw new UserError(`${shownPath(path)} could not be written: ${(error as Error).message}.`, { hint: 'Name a file with --junit.' });
  }
}
