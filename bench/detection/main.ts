/** `npm run bench:detection -- [--long] [--part A1,B4] [--seed N] [--json FILE]`: the judgement of the detector, row by row. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judgeAll } from './pool.ts';
import type { Verdict } from './scenario.ts';
import { line } from './table.ts';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    part: { type: 'string' },
    what: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const parts = values.part?.split(',');
const seed = Number(values.seed);
const form = values.long ? 'long' : 'short';
console.log(`seed ${seed}, ${form} form\n`);

const verdicts = await judgeAll({
  form,
  seed,
  wants: ({ part, what }) => (!parts || parts.includes(part)) && (!values.what || what.includes(values.what)),
  onVerdict: (verdict) => console.log(line(verdict)),
});
const missed = verdicts.filter(({ says }) => says === 'missed');
const count = (says: Verdict['says']): number => verdicts.filter((verdict) => verdict.says === says).length;
console.log(`\n${verdicts.length} rows: ${count('good')} good, ${count('pass')} pass, ${missed.length} missed, ${count('told')} told`);
for (const verdict of missed) console.log(line(verdict));
if (values.json) writeFileSync(values.json, JSON.stringify({ seed, form, verdicts }, null, 1));
process.exitCode = missed.length > 0 ? 1 : 0;
