/** `npm run bench:detection:report -- RESULTS.json…`: the long form as docs/judgement.md and the pictures of docs/detection.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { linesPicture, type Series } from '../../platform/charts/lines.ts';
import { endOfSale, halfLost } from './examples.ts';
import { NATS_A_YEAR } from './falls.ts';
import { OURS } from './part-p.ts';
import { PEERS } from './peers.ts';
import type { Verdict } from './scenario.ts';

interface Results {
  readonly seed: number;
  readonly form: string;
  readonly verdicts: readonly Verdict[];
}

const PICTURES = 'docs/pictures';
const FOUND_ONLY = 1e9;
const RULES = [OURS, ...Object.keys(PEERS)];

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
const verdicts = results.flatMap((one) => one.verdicts);
mkdirSync(PICTURES, { recursive: true });
writeFileSync('docs/judgement.md', judgement());
writeFileSync(`${PICTURES}/page.svg`, halfLost());
writeFileSync(`${PICTURES}/end-of-sale.svg`, endOfSale());
writeFileSync(`${PICTURES}/delay-by-rate.svg`, delayByRate());
writeFileSync(
  `${PICTURES}/half-lost.svg`,
  byRule('50% lost', 'Half of all lost: seconds until it pages', 'seconds from the first one affected'),
);
writeFileSync(
  `${PICTURES}/false-pages.svg`,
  byRule('healthy', 'Healthy traffic: pages a year, all of them false', 'pages a year (1 = none seen)'),
);

function judgement(): string {
  const seeds = [...new Set(results.map(({ seed }) => seed))].join(', ');
  const judged = verdicts.filter(({ part }) => part !== 'P');
  const count = (says: Verdict['says']): number => judged.filter((verdict) => verdict.says === says).length;
  const parts = [...new Set(judged.map(({ part }) => part))];
  return `# What the detector was seen to do

Made by \`npm run bench:detection -- --long --seed ${seeds}\` and \`npm run bench:detection:report\`; do not edit.
Traffic is made, seeds are fixed, the detector has its defaults and is given counts only. Figures stand with their 99% interval; a row is
*missed* only where the whole interval lies outside the promise, or where a fall that must be found was not. Delays count from the true
onset, uniform within a second, to the end of the second that was decided on; the floor is Lorden's bound for Poisson counts,
${NATS_A_YEAR.toFixed(2)} nats over the information a second.

${judged.length} rows: ${count('good')} good, ${count('pass')} pass, ${count('missed')} missed, ${count('told')} told without a promise.

${parts.map((part) => tableOf(part, judged)).join('\n')}
${comparison()}`;
}

function tableOf(part: string, judged: readonly Verdict[]): string {
  const rows = judged.filter((verdict) => verdict.part === part);
  const lines = rows.map((verdict) => `| ${[verdict.what, seen(verdict), more(verdict), promise(verdict), verdict.says].join(' | ')} |`);
  return `## ${part}\n\n| what | seen | more | promised | verdict |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}

function seen({ unit, missed, trials, seen: { value, low, high } }: Verdict): string {
  if (unit === 's' && missed === trials) return 'none found';
  const scale = unit === 'share' ? 100 : 1;
  const show = (x: number): string => (x * scale).toFixed(unit === 'share' ? 1 : 2);
  return `${show(value)}${unit === 'share' ? '%' : ` ${unit}`} (${show(low)} to ${show(high)})`;
}

function more({ p95, timesFloor, trials, missed, atSix, unit }: Verdict): string {
  const details = [
    // Of no fall at all there is none; JSON writes that as null.
    typeof p95 === 'number' ? `p95 ${p95.toFixed(1)} s` : '',
    timesFloor === undefined ? '' : `${timesFloor.toFixed(2)} x floor`,
    unit === '/year' ? `${trials} seen` : unit === 'sigma' ? `${trials} years, ${atSix} at -6` : `${trials} trials`,
    missed > 0 ? `${missed} not found` : '',
  ];
  return details.filter((detail) => detail !== '').join(', ');
}

function promise({ promised, unit }: Verdict): string {
  if (!promised) return '';
  const scale = unit === 'share' ? 100 : 1;
  const show = (x: number): string => `${Number((x * scale).toFixed(2))}${unit === 'share' ? '%' : ''}`;
  const limit = promised.pass >= FOUND_ONLY ? '' : `${promised.least ? `${show(promised.least)} to ` : '<= '}${show(promised.pass)}`;
  return [limit, promised.allFound ? 'all found' : ''].filter((part) => part !== '').join(', ');
}

function peer(rule: string, rate: number, scene: string): Verdict | undefined {
  return verdicts.find(({ part, what }) => part === 'P' && what === `${rule} | ${rate}/s | ${scene}`);
}

function comparison(): string {
  if (!verdicts.some(({ part }) => part === 'P')) return '';
  const scenes = ['100% lost', '80% lost', '50% lost'];
  const passing = ['end of a sale x5', 'dip of 2 s', 'slide to 30% in 10 min'];
  const cell = (verdict: Verdict | undefined): string => {
    if (!verdict) return '';
    if (verdict.unit === 'share') return `${(100 * verdict.seen.value).toFixed(0)}%`;
    if (verdict.unit === '/year') return `${Math.round(verdict.seen.value).toLocaleString('en-US')}`;
    const found = 1 - verdict.missed / verdict.trials;
    return verdict.missed === verdict.trials
      ? 'never'
      : `${verdict.seen.value.toFixed(1)} s${found < 1 ? ` (${(100 * found).toFixed(0)}% found)` : ''}`;
  };
  const tables = [5, 20, 100, 1000].map((rate) => {
    const lines = RULES.map((rule) => {
      const cells = ['healthy', 'healthy, noisy', ...scenes, ...passing].map((scene) => cell(peer(rule, rate, scene)));
      return `| ${[rule.replaceAll('<', '&lt;').replaceAll('*', '\\*'), ...cells].join(' | ')} |`;
    });
    const head = [
      'rule',
      'false pages a year',
      'with noise',
      'all lost',
      '80% lost',
      'half lost',
      "sale's end",
      'dip of 2 s',
      'slide of 10 min',
    ];
    return `### ${rate}/s\n\n| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${lines.join('\n')}\n`;
  });
  return `## Beside rules in common use

Each rule is given the same seconds; a page locks it out for 300 s. Every page of the last three columns is one nobody wanted. A rule that
pages all day is quick by chance: read its delays beside its false pages.

${tables.join('\n')}`;
}

/** Of the whole rule at its defaults where it was asked (B2), else of steepness alone (A1). */
function delayByRate(): string {
  const rates = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const shares = [
    { share: '100%', name: 'all lost', information: 1 },
    { share: '80%', name: '80% lost', information: 0.478 },
    { share: '50%', name: 'half lost', information: 0.153 },
  ];
  const series = shares.flatMap(({ share, name, information }): Series[] => {
    const points = rates.flatMap((rate): [number, number][] => {
      const verdict = verdicts.find(({ what }) => what === `Poisson ${rate}/s, ${share} lost, steepness alone`);
      return verdict ? [[rate, verdict.seen.value]] : [];
    });
    const floor = rates.map((rate): [number, number] => [rate, NATS_A_YEAR / (rate * information)]);
    return [
      { name, points },
      { name: `floor, ${name}`, points: floor.filter(([, seconds]) => seconds >= 0.3), dashed: true },
    ];
  });
  const note = 'Steepness alone at -6 sigma, mean of 1,000 falls each. No rule can be below its floor; counts come once a second.';
  const title = 'How long it takes to be sure of a fall';
  return linesPicture({ title, x: { label: 'events a second', log: true }, y: { label: 'seconds', log: true }, series, note });
}

function byRule(scene: string, title: string, label: string): string {
  const shown = [OURS, 'slope(5 s) < -3 events/s2', 'rate[10s] < 0.5 * avg[5m]', 'rate[5s] < 0.7 * avg[5m]', 'CUSUM tuned for 50%'];
  const series = shown.map((rule): Series => {
    const points = [5, 20, 100, 1000].flatMap((rate): [number, number][] => {
      const verdict = peer(rule, rate, scene);
      if (!verdict || verdict.missed > verdict.trials / 2) return [];
      return [[rate, verdict.unit === '/year' ? Math.max(1, verdict.seen.value) : verdict.seen.value]];
    });
    return { name: rule, points };
  });
  const note =
    scene === 'healthy'
      ? '60 days of each, two-humped days, Poisson counts.'
      : '200 falls of each; absent where fewer than half were found in ten minutes.';
  return linesPicture({ title, x: { label: 'events a second', log: true }, y: { label, log: true }, series, note });
}
