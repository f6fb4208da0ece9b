import { expect, test } from 'vitest';
import { refuseUnbounded, yamlBounds } from '../../../platform/config/bounds.ts';
import { loadConfig } from '../../../platform/config/load.ts';

const { bytesMax, lineCharsMax, openMax } = yamlBounds;
const METRIC = 'metrics:\n  orders: { event: order.placed, kind: write }\n';
const errorsOf = (text: string): string[] =>
  loadConfig(text, { file: 'plummet.yaml', env: {} }).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);

test('what is exactly as large, as long and as deep as may be is looked at, and one more is refused with its place', () => {
  const lines = `${`${'#'.repeat(999)}\n`.repeat(bytesMax / 1000)}`;
  expect(refuseUnbounded(lines)).toBeNull();
  expect(refuseUnbounded(`${lines}\n`)).toMatchObject({ message: expect.stringContaining(`larger than ${bytesMax} bytes`) });
  expect(refuseUnbounded(`\n${'x'.repeat(lineCharsMax)}\n`)).toBeNull();
  expect(refuseUnbounded(`\n${'x'.repeat(lineCharsMax + 1)}\n`)).toMatchObject({ offset: 1 });
  expect(refuseUnbounded('['.repeat(openMax) + ']'.repeat(openMax))).toBeNull();
  expect(refuseUnbounded(`\n${'[{'.repeat(openMax)}`)).toMatchObject({ offset: openMax + 1 });
});

test('brackets that are closed again may be many', () => {
  expect(refuseUnbounded('- [a, {b: c}]\n'.repeat(10_000))).toBeNull();
});

test('a refusal names line and column', () => {
  expect(errorsOf(`${METRIC}x: ${'['.repeat(200)}`)).toEqual([expect.stringMatching(/^3:104 more than 100 brackets/)]);
  expect(errorsOf(`${METRIC}${'? '.repeat(1990)}x\n`.repeat(30))).toEqual([expect.stringMatching(/^\d+:\d+ .*no YAML/)]);
});

test('thousands of mistakes are told by the first twenty and their number', () => {
  const told = errorsOf(`${METRIC}${'  orders: { event: order.placed, kind: write }\n'.repeat(500)}`);
  expect(told).toHaveLength(21);
  expect(told[0]).toBe('3:3 `orders` stands twice in this block: keys are unique.');
  expect(told[20]).toBe('23:3 this and 479 more mistakes follow.');
});

test('a key is the same key in whichever quotes it stands', () => {
  expect(errorsOf(`${METRIC}"metrics": {}\n`)).toEqual(['3:1 `metrics` stands twice in this block: keys are unique.']);
});
