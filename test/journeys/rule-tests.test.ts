/** `plummet test` as a team's CI runs it: the built command line, its exit codes, its report. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plummet, temporaryFolder } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const SHOP = join(ROOT, 'examples/shop/plummet.yaml');

function put(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

interface Told {
  readonly valid: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly tests: { name: string; passed: boolean; tookMs: number; pages: { at: number }[]; delays: unknown }[];
  readonly errors: { text: string }[];
}

const told = (stdout: string): Told => JSON.parse(stdout) as Told;

test("the demo shop's rule tests pass, and are reported to CI", async () => {
  const report = join(folder.path, 'reports/plummet.xml');
  const own = join(ROOT, 'examples/shop/plummet-test.yaml');
  const { code, stdout, stderr } = await plummet(['test', '--config', SHOP, own, '--junit', report, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { valid, passed, failed, tests } = told(stdout);
  expect({ valid, failed }).toEqual({ valid: true, failed: 0 });
  expect(passed).toBe(tests.length);
  const xml = readFileSync(report, 'utf8');
  expect(xml.match(/<testcase /g)).toHaveLength(passed);
  expect(xml).toContain('<testcase classname="orders" name="half an hour of orders, then none, pages within 10 s"');
});

const FAILS = `tests:
  - name: an outage of <all> orders pages at once
    metric: orders
    series: "100x1800 0x60"
    expect: [{ page_within: 3s, after: 30m }]
  - { name: nothing happens, metric: orders, series: "100x60", expect: [] }
`;

test('a test that fails says what was expected, what happened and why, and ends with 1', async () => {
  const report = join(folder.path, 'failed.xml');
  const { code, stdout } = await plummet(['test', '--config', SHOP, put('fails.yaml', FAILS), '--junit', report]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ an outage of <all> orders pages at once/);
  expect(stdout).toMatch(/- a page within 3\ss of 30\smin\n +\+ a page 4\ss after it, at 30\smin 3\ss: 100\/s to 0\/s/);
  expect(stdout).toMatch(/at 30\smin 2\ss \(.*UTC\): Does not page: it has lasted 3\ss so far, 4\ss are asked\./);
  expect(stdout).toMatch(/✓ nothing happens/);
  expect(stdout).toMatch(/1 passed, 1 failed: 1,920 s of series/);
  const xml = readFileSync(report, 'utf8');
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toMatch(/name="an outage of &lt;all&gt; orders pages at once".*\n +<failure type="rule" message="- a page within/);
});

test('only tests with the text in their name are played', async () => {
  const file = put('filtered.yaml', FAILS);
  const { code, stdout } = await plummet(['test', '--config', SHOP, file, '--filter', 'NOTHING', '--json']);
  expect(code).toBe(0);
  expect(told(stdout).tests.map(({ name }) => name)).toEqual(['nothing happens']);
  const none = await plummet(['test', '--config', SHOP, file, '--filter', 'sale']);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('no test has "sale" in its name');
});

test('a mistake in a file ends with 2 before anything is played, with its place', async () => {
  const file = put('wrong.yaml', FAILS.replaceAll('orders\n', 'order\n').replace('100x60', '100x60 5o'));
  const { code, stdout, stderr } = await plummet(['test', '--config', SHOP, file]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/wrong\.yaml:3:13\s+tests\.0\.metric: there is no metric\s+"order" in the YAML\./);
  expect(stderr).toContain('Did you mean `orders`?');
  expect(stderr).toMatch(/wrong\.yaml:6:62\s+tests\.1\.series: "5o" is no item/);
  const json = await plummet(['test', '--config', SHOP, file, '--json']);
  expect(json.code).toBe(2);
  expect(told(json.stdout)).toMatchObject({ valid: false });
  expect(told(json.stdout).errors).toHaveLength(2);
});

test.each([
  ['no file', [], 'there is nothing to test'],
  ['a file that is not there', ['none.yaml'], 'there is no file of tests at none.yaml'],
  ['a folder', [ROOT], 'is a folder'],
  ['the same file twice', ['a.yaml', './a.yaml'], 'is named twice'],
])('%s is a usage error', async (_, files, words) => {
  const { code, stderr } = await plummet(['test', '--config', SHOP, ...files]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test('a YAML of metrics that is not there or wrong ends with 2', async () => {
  const file = put('fine.yaml', FAILS);
  const away = await plummet(['test', '--config', join(folder.path, 'away.yaml'), file]);
  expect(away.code).toBe(2);
  expect(away.stderr).toContain('there is no configuration at');
  const wrong = await plummet(['test', '--config', put('metrics.yaml', 'metrics:\n  orders: { event: Order }\n'), file]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('metrics.yaml:2:');
});

test('what is played on all cores is what is played alone, and needs no YAML of metrics', async () => {
  const tests = [1, 2, 3, 4].map(
    (seed) =>
      `  - { name: day ${seed}, page_when: {}, noise: poisson, seed: ${seed}, times: 2, series: "80x5000 8x60 80x600", ` +
      'expect: [{ page_within: 6s, after: 5000s }] }\n',
  );
  const still = '  - { name: a fortnight, page_when: {}, series: "80x1209600", expect: [] }\n';
  const file = put('many.yaml', `tests:\n${tests.join('')}${still}`);
  const together = told((await plummet(['test', file, '--json'])).stdout);
  expect(together).toMatchObject({ passed: 5, failed: 0, seconds: 8 * 5660 + 1_209_600 });
  const alone = told((await plummet(['test', file, '--json', '--filter', 'day'])).stdout);
  const bare = ({ tests: all }: Told) => all.slice(0, 4).map(({ tookMs, ...rest }) => rest);
  expect(bare(together)).toEqual(bare(alone));
});
