import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sayProblem } from '../../../app/cli/config-file.ts';
import type { Output } from '../../../app/cli/output.ts';
import { loadConfig } from '../../../platform/config/load.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'broken');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

/** What a person reads on a terminal without colours. */
function told(file: string, text: string): string {
  const { config, errors } = loadConfig(text, { file: join(FOLDER, file), env: { SHORT: 'tiny' } });
  expect(config).toBeNull();
  let said = '';
  const write = (line = ''): void => {
    said += `${line}\n`;
  };
  const mark = { good: '✓', warning: '!', bad: '✗', waiting: '…' };
  const output: Output = { line: write, talk: write, json: () => undefined, style: (_, words) => words, mark };
  for (const error of errors) sayProblem({ ...error, file }, text, output);
  return said;
}

test.each(files)('%s is refused in these words', async (file) => {
  const said = told(file, readFileSync(join(FOLDER, file), 'utf8'));
  expect(said).toMatch(new RegExp(`^✗ ${file}:[1-9]\\d*:[1-9]\\d*  `));
  expect(said).not.toMatch(/\n\s+at |tiny/);
  await expect(said).toMatchFileSnapshot(join(FOLDER, file.replace('.yaml', '.txt')));
});

test('every broken file has its words beside it, and none has lost its file', () => {
  const words = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  expect(words.map((name) => name.replace('.txt', '.yaml'))).toEqual(files);
  expect(files.length).toBeGreaterThanOrEqual(20);
});
