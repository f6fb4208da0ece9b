/** A file of rule tests: text → tests, or every mistake in it with its place. */
import { readFileSync } from 'node:fs';
import { type RuleFile, ruleFileSchema } from '../../detectors/backtest/rule-file.ts';
import type { RuleTest } from '../../detectors/backtest/rule-test.ts';
import { type Known, type RuleProblem, ruleTestsOf } from '../../detectors/backtest/rule-tests.ts';
import { place } from '../../platform/config/explain.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { placeInside } from '../../platform/config/place-inside.ts';
import type { PlacedProblem } from '../../platform/config/problem.ts';
import { readYaml } from '../../platform/config/read-yaml.ts';
import { validate } from '../../platform/config/validate.ts';
import { shownPath } from './config-file.ts';
import { UserError } from './output.ts';

export interface TestFile {
  /** As a person names it. */
  readonly file: string;
  readonly text: string;
  readonly tests: readonly RuleTest[];
  readonly errors: readonly PlacedProblem[];
}

const EXAMPLE =
  'It begins with `tests:`, and under it one block for each test:\n' +
  '  - { name: an outage pages, metric: orders, series: "100x1800 0x60", expect: [{ page_within: 10s, after: 30m }] }';
const ERRORS_TOLD_MAX = 20;

/** @throws UserError where the file cannot be read */
export function textOfTests(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR';
    const hint = isFolder ? `Name the files in it: ${shownPath(path)}/*.yaml` : 'Name a YAML file with `tests:` or `scenes:`.';
    throw new UserError(isFolder ? `${shownPath(path)} is a folder.` : `there is no file of tests at ${shownPath(path)}.`, { hint });
  }
}

/** Whether some test needs the YAML of the metrics; a file that cannot be read does not tell. */
export function namesMetrics(text: string): boolean {
  return /^\s*(?:-\s+|.*[{,]\s*)?["']?metric["']?\s*:/m.test(text);
}

/** What tests need of the YAML of the metrics, which is known to be right. @param config  null: there is none */
export function knownOf(config: { readonly text: string; readonly file: string } | null, env: NodeJS.ProcessEnv): Known {
  const loaded = config && loadConfig(config.text, { file: config.file, env }).config;
  return loaded ? { metrics: loaded.metrics, timezone: loaded.timezone } : { metrics: [], timezone: null };
}

/** Never throws, whatever the text. */
export function readTests(text: string, file: string, known: Known): TestFile {
  const failed = (errors: readonly PlacedProblem[]): TestFile => ({ file, text, tests: [], errors: tellable(errors) });
  const read = readYaml(text, file);
  if ('errors' in read) return failed(read.errors);
  const { document, lines, written } = read;
  const placed = ({ inside, ...problem }: RuleProblem): PlacedProblem => {
    const whole = place(problem, file, document, lines);
    return inside ? placeInside(whole, inside, document.getIn(problem.path, true), text, lines) : whole;
  };
  const isNothing = written === null || written === undefined;
  const empty = { path: [], message: isNothing ? 'nothing stands in this file.' : 'there is no test in this file.', hint: EXAMPLE };
  if (isNothing) return failed([placed(empty)]);
  const shape = validate(ruleFileSchema, written);
  if (shape.length > 0) return failed(shape.map(placed));
  const all = written as RuleFile;
  if ((all.tests ?? []).length + (all.scenes ?? []).length === 0) return failed([placed(empty)]);
  const { tests, problems } = ruleTestsOf(all, known);
  return problems.length > 0 ? failed(problems.map(placed)) : { file, text, tests, errors: [] };
}

function tellable(errors: readonly PlacedProblem[]): PlacedProblem[] {
  const sorted = [...errors].sort((a, b) => a.line - b.line || a.column - b.column);
  const next = sorted[ERRORS_TOLD_MAX];
  if (!next) return sorted;
  const message = `this and ${sorted.length - ERRORS_TOLD_MAX - 1} more mistakes follow.`;
  return [...sorted.slice(0, ERRORS_TOLD_MAX), { ...next, path: [], message }];
}
