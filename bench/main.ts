/** `npm run bench -- NAME… --json`: each promise of speed as a ratio within one run; the last line is all rows as JSON. */
import { parseArgs } from 'node:util';
import type { BenchRow } from './row.ts';

const BENCHES: Record<string, () => Promise<BenchRow[]>> = {
  publish: async () => (await import('./publish.ts')).publish(),
  gateway: async () => (await import('./gateway.ts')).gatewayBench(),
  eventlog: async () => (await import('./eventlog-append.ts')).eventlogAppend(),
  counting: async () => (await import('./counting.ts')).counting(),
  kafka: async () => (await import('./kafka.ts')).kafkaBench(),
  'kafka-delay': async () => (await import('./kafka-delay.ts')).kafkaDelay(),
  history: async () => (await import('./history.ts')).historyBench(),
  next: async () => (await import('./next.ts')).next(),
  tune: async () => (await import('./tune.ts')).tuneBench(),
  'rule-tests': async () => (await import('./rule-tests.ts')).ruleTests(),
  segments: async () => (await import('./segments.ts')).segmentsBench(),
  picture: async () => (await import('./picture.ts')).pictureBench(),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, list: { type: 'boolean' } } });
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = names.filter((name) => !(name in BENCHES));

if (values.list || unknown.length > 0) {
  console.error(`${unknown.length > 0 ? `no bench is called ${unknown.join(', ')}; ` : ''}there are: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const rows: BenchRow[] = [];
for (const name of names) {
  const measured = await (BENCHES[name] as () => Promise<BenchRow[]>)();
  rows.push(...measured);
  if (values.json) continue;
  for (const row of measured) {
    console.log(`${row.name}\n    ${figure(row.value)} ${row.unit} · ${figure(row.ratio)} x ${row.against} · floor: ${row.floor}`);
  }
}
if (values.json) console.log(JSON.stringify({ rows }));

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
