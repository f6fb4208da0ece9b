/** Rows of the judgement as tests: the short form on every commit, the long one at night. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JUDGEMENT } from '../../../bench/detection/judgement.ts';
import { judgeHere } from '../../../bench/detection/pool.ts';
import { line } from '../../../bench/detection/table.ts';

const form = process.env.PLUMMET_NIGHTLY ? 'long' : 'short';
/** Of the night's rows the seed is another, so that what passes by day is not what passes by luck. */
const SEED = form === 'long' ? 2 : 1;
const LONGEST_MS = form === 'long' ? 3_600_000 : 120_000;
const FOLDER = 'test-output';

/** A row fails only where the whole 99 % interval of what was seen lies outside what is promised. */
export function holdsOf(wants: (part: string, what: string) => boolean): void {
  const rows = JUDGEMENT.filter(({ part, what, promised, size }) => promised && size[form] > 0 && wants(part, what));
  describe(`in the ${form} form, seed ${SEED}`, () => {
    test.each(rows.map((row) => ({ row, name: `${row.part} ${row.what}` })))(
      '$name',
      ({ row }) => {
        const verdict = judgeHere(row, form, SEED);
        mkdirSync(FOLDER, { recursive: true });
        appendFileSync(`${FOLDER}/judgement-${form}.txt`, `${line(verdict)}\n`);
        expect(verdict.says, line(verdict)).not.toBe('missed');
      },
      LONGEST_MS,
    );
  });
}
