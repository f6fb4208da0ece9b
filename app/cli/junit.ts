/** Results of rule tests as JUnit XML, which every CI can read. */
import type { Outcome } from '../../detectors/backtest/run-rule-test.ts';

export interface JUnitCase {
  readonly outcome: Outcome;
  readonly tookMs: number;
  /** Of a test that failed: the first line, and all of it. */
  readonly failure: { readonly message: string; readonly text: string } | null;
}

export interface JUnitSuite {
  readonly file: string;
  readonly cases: readonly JUnitCase[];
}

/** @see https://github.com/testmoapp/junitxml, the form that CI servers agree on */
export function junitXml(suites: readonly JUnitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="plummet test"${counts(all)}>`];
  for (const { file, cases } of suites) {
    lines.push(`  <testsuite name="${escaped(file)}"${counts(cases)}>`);
    for (const one of cases) lines.push(...caseLines(one, file));
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

function caseLines({ outcome, tookMs, failure }: JUnitCase, file: string): string[] {
  const named = `classname="${escaped(outcome.metric ?? file)}" name="${escaped(outcome.name)}" file="${escaped(file)}"`;
  const begins = `    <testcase ${named} time="${seconds(tookMs)}"`;
  if (!failure) return [`${begins}/>`];
  const told = `      <failure type="rule" message="${escaped(failure.message)}">${escaped(failure.text)}</failure>`;
  return [`${begins}>`, told, '    </testcase>'];
}

function counts(cases: readonly JUnitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const took = cases.reduce((sum, { tookMs }) => sum + tookMs, 0);
  return ` tests="${cases.length}" failures="${failures}" errors="0" time="${seconds(took)}"`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Lines keep their breaks also within an attribute; what XML 1.0 cannot hold becomes a question mark. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string)
    .replace(/\t/g, '&#9;')
    .replace(/\n/g, '&#10;')
    .replace(/\r/g, '&#13;');
}
