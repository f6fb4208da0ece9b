import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STEPS } from '../app/roles.ts';
import { ROOT } from './support/sources.ts';

const document = readFileSync(`${ROOT}/ARCHITECTURE.md`, 'utf8');
const between = (mark: string): string => document.split(`<!-- ${mark} -->`)[1]?.split(`<!-- /${mark} -->`)[0] ?? '';

test('the picture of the pipeline is the table of steps', () => {
  const rows = between('steps').trim().split('\n').slice(2);
  const told = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  expect(told.map(([, step, role, reads, writes]) => ({ step, role, reads, writes }))).toEqual(
    STEPS.map(({ step, role, reads, writes }) => ({ step, role, reads: reads.join(', '), writes: writes.join(', ') })),
  );
  for (const [, , , , , failure] of told) expect(failure?.length).toBeGreaterThan(10);
});

test('every step is a file that says in its first line what it reads and writes', () => {
  for (const { step, reads, writes } of STEPS) {
    const first = readFileSync(`${ROOT}/${step}.ts`, 'utf8').split('*/')[0] ?? '';
    for (const topic of [...reads, ...writes].filter((name) => name !== 'HTTP')) expect(first, `${step} says ${topic}`).toContain(topic);
  }
});

test('the way of an event exists, file by file, none twice', () => {
  const way = [...between('way').matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);
  expect(way.length).toBeGreaterThan(13);
  expect(new Set(way).size).toBe(way.length);
  for (const path of way) expect(existsSync(`${ROOT}/${path}`), path).toBe(true);
});
