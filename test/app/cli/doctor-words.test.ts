import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { examineFolder } from '../../../app/cli/doctor-folder.ts';
import { type Examined, partsJson, sayPart, summaryOf } from '../../../app/cli/doctor-words.ts';
import { terminalOutput } from '../../../app/cli/output.ts';
import type { Diagnosis } from '../../../platform/units/diagnosis.ts';
import { temporaryFolder } from '../../support/process.ts';

const plain = terminalOutput({ NO_COLOR: '1', LANG: 'C.UTF-8' });
const well: Diagnosis = { is: 'well', of: 'server', says: 'answers.' };
const warning: Diagnosis = { is: 'warning', of: 'disk', says: `${'little is left of it and '.repeat(6)}soon none.`, mend: ['make room'] };
const ill: Diagnosis = { is: 'ill', of: 'user', says: 'may not write.', mend: [`GRANT ${'INSERT, '.repeat(20)}SELECT`] };

function said(part: Examined): string[] {
  const lines: string[] = [];
  sayPart(part, { ...plain, line: (text = '') => void lines.push(text) });
  return lines;
}

describe('what is found', () => {
  test('is told a line each, marked also where there is no colour, what mends it under it', () => {
    expect(said({ part: 'history', findings: [well, { ...ill, mend: ['GRANT'] }] })).toEqual([
      'history',
      '  ✓ server: answers.',
      '  ✗ user: may not write.',
      '      GRANT',
      '',
    ]);
  });

  test('is wrapped, but for commands, which are copied as they stand', () => {
    const lines = said({ part: 'history', findings: [warning, ill] }).flatMap((line) => line.split('\n'));
    const command = lines.filter((line) => line.startsWith('      '));
    expect(command).toEqual(['      make room', `      ${ill.mend?.[0]}`]);
    for (const line of lines) if (!command.includes(line)) expect(line.length).toBeLessThanOrEqual(78);
    expect(lines.find((line) => line.includes('soon none'))).toMatch(/^ {4}\S/);
  });

  test.each([
    [[well], '✓ Plummet can run. Nothing was changed.'],
    [[well, warning], '! Plummet can run; 1 thing could be better. Nothing was changed.'],
    [[ill], '✗ 1 thing stops or misleads Plummet. Nothing was changed.'],
    [[ill, ill, warning, warning], '✗ 2 things stop or mislead Plummet, and 2 things could be better. Nothing was changed.'],
  ])('is summed up', (findings, summary) => {
    expect(summaryOf([{ part: 'history', findings }], plain)).toBe(summary);
  });

  test('is the same as data, where warnings are good enough', () => {
    expect(partsJson([{ part: 'history', findings: [well, warning] }])).toMatchObject({
      good: true,
      parts: [
        {
          part: 'history',
          findings: [
            { is: 'well', mend: [] },
            { is: 'warning', mend: ['make room'] },
          ],
        },
      ],
    });
    expect(partsJson([{ part: 'history', findings: [ill] }])).toMatchObject({ good: false });
  });
});

describe('the data folder', () => {
  test('is well where it is, or where it can be made', async () => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    expect(await examineFolder(folder.path, 'keeps events')).toMatchObject([
      { says: expect.stringMatching(/^keeps events; [\d.]+ GiB free\.$/) },
    ]);
    const [found] = await examineFolder(join(folder.path, 'a/b'), 'keeps events');
    expect(found?.says).toMatch(/^not there yet, and made at the start; keeps events/);
  });

  test('is ill where a file stands in its place', async () => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    expect(await examineFolder(file, 'keeps events')).toMatchObject([
      { is: 'ill', says: expect.stringMatching(/is a file, not a folder/) },
    ]);
    expect(await examineFolder(join(file, 'in-it'), 'keeps events')).toMatchObject([{ is: 'ill' }]);
  });
});
