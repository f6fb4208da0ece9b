import { expect, test } from 'vitest';
import { elsewhereRowsOf, elsewhereTable, ratesTable } from '../../../platform/store/rates.ts';
import { elsewhereRow } from '../../support/stored-rates.ts';

/** What a row of a table says, by its columns. */
const said = ({ columns }: { columns: readonly string[] }, row: string): Record<string, unknown> => {
  const values = JSON.parse(row) as unknown[];
  return Object.fromEntries(columns.map((column, i) => [column, values[i]]));
};

test('a short row of what was counted elsewhere says what the whole one says, and leaves the rest to the table', () => {
  const whole = said(ratesTable, elsewhereRow('orders~1"', 1_767_225_600, { n: 7, sum: 2.5 }, 1_763_694_925_223.4));
  const short = said(elsewhereTable, elsewhereRowsOf('orders~1"', 1_763_694_925_223.4)(1_767_225_600, 7, 2.5));
  expect(whole).toMatchObject(short);
  const { lost, closed, state, share, usual, derivative, steepness } = whole;
  expect({ lost, closed, state, share, usual, derivative, steepness }).toEqual({
    ...{ lost: 0, closed: null, state: '', share: 1 },
    ...{ usual: null, derivative: null, steepness: null },
  });
  expect(Object.keys(short).sort()).toEqual(['block', 'n', 'partition', 'second', 'series', 'sum', 'to']);
});
