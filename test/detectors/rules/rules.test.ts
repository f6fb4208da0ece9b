/** The detector's own rule tests, through the runner of `plummet test`: each is a test of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTests } from '../../../app/cli/test-file.ts';
import { failureLines } from '../../../app/cli/test-words.ts';
import { runRuleTest } from '../../../detectors/backtest/run-rule-test.ts';
import { WarmStarts } from '../../../detectors/backtest/warm-start.ts';

const FOLDER = import.meta.dirname;

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s', (name) => {
  const { tests, errors } = readTests(readFileSync(join(FOLDER, name), 'utf8'), name, { metrics: [], timezone: null });
  const starts = new WarmStarts();

  test('says what it tests', () => {
    expect(errors).toEqual([]);
    expect(tests.length).toBeGreaterThan(0);
  });

  test.each(tests.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const outcome = runRuleTest(one, starts);
    expect(failureLines(outcome)).toEqual([]);
    expect(outcome.passed).toBe(true);
  });
});
