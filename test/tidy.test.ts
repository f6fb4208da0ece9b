import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, type Source, sources } from './support/sources.ts';

const COLUMNS_MAX = 140;
const LINES_MAX = 300;

/** What is banned, and what to use instead. Where a pattern may stand all the same is said by `but`. */
const BANNED: { pattern: RegExp; instead: string; but?: RegExp }[] = [
  {
    pattern: /\bDate\.now\(/,
    instead: 'a Clock (platform/units/clock.ts)',
    but: /^(sdk\/src\/clock\.ts|test\/|bench\/|examples\/|dashboards\/web\/)/,
  },
  { pattern: /\bnew Date\(\)/, instead: 'a Clock', but: /^(test\/|bench\/|examples\/|dashboards\/web\/)/ },
  { pattern: /\bperformance\.now\(/, instead: 'a Clock', but: /^(sdk\/src\/clock\.ts|test\/|bench\/|dashboards\/web\/)/ },
  {
    pattern: /(?<![.\w])set(Timeout|Interval)\(/,
    instead: 'clock.after or sleep',
    but: /^(sdk\/src\/clock\.ts|test\/|bench\/|examples\/|dashboards\/web\/)/,
  },
  { pattern: /\bMath\.random\(/, instead: 'an injected random()', but: /^(test\/|bench\/|examples\/|dashboards\/web\/|app\/app\.ts)/ },
  {
    pattern: /\b(TODO|FIXME|XXX|HACK)\b|not implemented|for now\b/,
    instead: 'the finished thing, or an issue',
    but: /^test\/tidy\.test\.ts/,
  },
  { pattern: /@ts-ignore|@ts-nocheck/, instead: 'a type', but: /^test\/tidy\.test\.ts/ },
  { pattern: /\b(it|test|describe)\.(skip|only|todo|skipIf|runIf)\b/, instead: 'a test that runs', but: /^test\/tidy\.test\.ts/ },
  { pattern: /\bconsole\.(log|error|warn)\(/, instead: 'telemetry, or app/cli/output.ts', but: /^(test\/|bench\/|examples\/)/ },
];

const FORBIDDEN_NAMES = /(^|\/)(index|types|utils|util|helpers|helper|common|misc|manager)\.tsx?$/;

function untidy(source: Source): string[] {
  const { path, text } = source;
  const lines = text.split('\n');
  const found: string[] = [];
  if (lines.length > LINES_MAX + 1)
    found.push(`${path}: ${lines.length} lines, ${LINES_MAX} are allowed; ask what the second thing in it is`);
  if (FORBIDDEN_NAMES.test(path) && path !== 'sdk/src/index.ts') found.push(`${path}: a file's name says its purpose`);
  lines.forEach((line, i) => {
    if (line.length > COLUMNS_MAX) found.push(`${path}:${i + 1}: ${line.length} columns, ${COLUMNS_MAX} are allowed`);
    for (const { pattern, instead, but } of BANNED) {
      if (pattern.test(line) && !but?.test(path)) found.push(`${path}:${i + 1}: ${pattern.source} is banned, use ${instead}`);
    }
  });
  return found;
}

test('every source is tidy', () => {
  expect(sources(/\.(ts|tsx|mjs)$/).flatMap(untidy)).toEqual([]);
});

test('the tidy test sees what it is there for', () => {
  const long = 'x'.repeat(COLUMNS_MAX + 1);
  expect(untidy({ path: 'a/b.ts', text: long })).toHaveLength(1);
  expect(untidy({ path: 'a/b.ts', text: 'const now = Date.now();' })).toHaveLength(1);
  expect(untidy({ path: 'a/utils.ts', text: '' })).toHaveLength(1);
  expect(untidy({ path: 'a/b.ts', text: '\n'.repeat(LINES_MAX + 1) })).toHaveLength(1);
  expect(untidy({ path: 'test/b.test.ts', text: 'test.only(' })).toHaveLength(1);
  expect(untidy({ path: 'a/b.ts', text: 'const fine = 1;\n' })).toEqual([]);
});

test('files of the project name no machine, no registry and no session', () => {
  const own = sources(/\.(ts|tsx|md|json|yaml|yml|css|html|sh)$|^\.ci\/run$/).filter(({ path }) => path !== 'test/tidy.test.ts');
  const found = own.flatMap(({ path, text }) => {
    const named = /(\/work\/|\/farm\/|bash_jobs|registry\.npmjs\.org|repo\.maven\.apache)/.exec(text);
    return named ? [`${path}: ${named[0]}`] : [];
  });
  expect(found).toEqual([]);
});

test('every link in the documents leads somewhere', () => {
  const broken = sources(/\.md$/).flatMap(({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => (match[1] as string).split('#')[0] as string);
    return links
      .filter((link) => link && !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(path), link)))
      .map((link) => `${path}: ${link}`);
  });
  expect(broken).toEqual([]);
});

test('the changelog keeps its form', () => {
  const [changelog] = sources(/^CHANGELOG\.md$/);
  const lines = changelog?.text.split('\n') ?? [];
  expect(lines[0]).toBe('# Changelog');
  const headings = lines.filter((line) => line.startsWith('## '));
  expect(headings[0]).toBe('## Unreleased');
  for (const heading of headings.slice(1)) expect(heading).toMatch(/^## \d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/);
  for (const line of lines.filter((l) => l.startsWith('### '))) expect(line).toMatch(/^### (Added|Changed|Fixed|Removed|Security)$/);
});
