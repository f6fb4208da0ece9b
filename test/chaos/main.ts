/**
 * `npm run chaos -- --seconds N --seed S --json --only F04,F13`: faults on real processes under load, judged by ledgers. Prints a table,
 * or its data; exits with 1 where a row does not hold.
 */
import { parseArgs } from 'node:util';
import { setup } from '../support/parts.ts';
import { chaos, END_SECONDS } from './chaos.ts';
import { FAULTS } from './faults.ts';
import { holds, table } from './table.ts';

const SECONDS = 5400;

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' } },
});
const only = values.only?.split(',').map((id) => id.trim().toUpperCase());
const unknown = only?.filter((id) => !FAULTS.some((fault) => fault.id === id)) ?? [];
const seconds = Number(values.seconds ?? SECONDS);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (unknown.length > 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  const wrong = unknown.length > 0 ? `no row is called ${unknown.join(', ')}; ` : '';
  console.error(`${wrong}--seconds and --seed take whole numbers, --only takes some of ${FAULTS.map(({ id }) => id).join(',')}`);
  process.exit(2);
}

setup();
const aborted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => aborted.abort());
// Whatever happens, the whole takes no longer than it was given.
setTimeout(() => aborted.abort(), (seconds - END_SECONDS / 2) * 1000).unref();
const faults = FAULTS.filter(({ id }) => only?.includes(id) ?? true);
const say = (line: string): void => console.error(line);
const result = await chaos({ faults, seed, seconds, say, signal: aborted.signal });
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(`\nseed ${seed}, ${result.eventsPerSecond} events/s acknowledged\n\n${table(result.rows)}`);
  for (const row of result.rows) for (const problem of row.problems) console.log(`${row.id}: ${problem}`);
  if (result.notFitting.length > 0) console.log(`did not fit into ${seconds} s: ${result.notFitting.join(', ')}`);
}
process.exit(result.rows.every(holds) && result.rows.length > 0 ? 0 : 1);
