/** JUnit XML: what a CI server reads, whatever stands in a name. */
import { expect, test } from 'vitest';
import { escaped, junitXml } from '../../../app/cli/junit.ts';
import type { Outcome } from '../../../detectors/backtest/run-rule-test.ts';

const outcome = (name: string, passed: boolean): Outcome => ({
  ...{ name, metric: 'orders', passed, seconds: 60, start: 0, repeats: 1, repeatsPassed: passed ? 1 : 0, passes: 1 },
  ...{ delays: [], failed: null, pages: [], slow: [] },
});

test('one test case each, with its time, and its failure where it failed', () => {
  const xml = junitXml([
    {
      file: 'shop.yaml',
      cases: [
        { outcome: outcome('fine', true), tookMs: 12.3, failure: null },
        { outcome: outcome('bad', false), tookMs: 1000, failure: { message: '- a page', text: '- a page\n+ no page' } },
      ],
    },
  ]);
  expect(xml).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="plummet test" tests="2" failures="1" errors="0" time="1.012">',
      '  <testsuite name="shop.yaml" tests="2" failures="1" errors="0" time="1.012">',
      '    <testcase classname="orders" name="fine" file="shop.yaml" time="0.012"/>',
      '    <testcase classname="orders" name="bad" file="shop.yaml" time="1.000">',
      '      <failure type="rule" message="- a page">- a page&#10;+ no page</failure>',
      '    </testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n'),
  );
});

const ODD = 'a <b> & "c" \'d\' ]]> \u0000\u001b[31m \ud800 \ufffe é 😀\n\r\t';

test('what XML cannot hold is replaced, the rest is escaped', () => {
  expect(escaped(ODD)).toBe('a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; ]]&gt; ??[31m ? ? é 😀&#10;&#13;&#9;');
});
