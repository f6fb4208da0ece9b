/** A team's budget of false pages, divided evenly over its series: the metrics that may wake somebody and write no budget of their own. */
import { budgetOf, FALSE_PAGES_PER_YEAR_MIN, type PageWhenFile } from '../../detectors/steep-drop/page-when.ts';
import type { Problem } from './problem.ts';
import type { ConfigFile } from './schema.ts';

export interface TeamBudget {
  /** False pages a year, of the whole team. */
  readonly falsePagesPerYear: number;
  /** Names of the metrics that share it. */
  readonly metrics: readonly string[];
}

/** The team of every metric. */
const TEAM = 'default';
const PATH = ['teams', TEAM, 'false_pages'];

/** @returns null where the team has none, or one that is wrong */
export function teamBudgetOf({ metrics, teams }: Pick<ConfigFile, 'metrics' | 'teams'>): TeamBudget | null {
  const written = teams?.[TEAM]?.false_pages;
  const falsePagesPerYear = written === undefined ? null : budgetOf(written);
  if (typeof falsePagesPerYear !== 'number') return null;
  return { falsePagesPerYear, metrics: sharingIn(metrics ?? {}) };
}

/** What each of those who share it may cost; undefined for all others. */
export function shareOf(budget: TeamBudget | null, metric: string): number | undefined {
  return budget?.metrics.includes(metric) ? budget.falsePagesPerYear / budget.metrics.length : undefined;
}

export function problemsOfBudgets({ metrics, teams = {} }: Pick<ConfigFile, 'metrics' | 'teams'>): Problem[] {
  const problems: Problem[] = [];
  for (const [team, { false_pages: written }] of Object.entries(teams)) {
    const found = written === undefined ? 0 : budgetOf(written);
    if (typeof found === 'number') continue;
    problems.push({ path: ['teams', team, 'false_pages'], message: found.message, ...(found.hint && { hint: found.hint }) });
  }
  const budget = teamBudgetOf({ metrics, teams });
  const sharing = budget?.metrics.length ?? 0;
  if (budget && sharing > 0 && budget.falsePagesPerYear / sharing < FALSE_PAGES_PER_YEAR_MIN) {
    const each = Number((budget.falsePagesPerYear / sharing).toPrecision(2));
    const message = `divided over ${sharing} metrics it is ${each} a year for each; allowed is one in 1,000 years at least.`;
    problems.push({ path: PATH, message, hint: `Allow the team ${Math.ceil(sharing * FALSE_PAGES_PER_YEAR_MIN)}/year or more.` });
  }
  return problems;
}

/** Nobody notices a budget that nobody has a part in. */
export function warningsOfBudgets(written: Pick<ConfigFile, 'metrics' | 'teams'>): Problem[] {
  const budget = teamBudgetOf(written);
  if (!budget || budget.metrics.length > 0) return [];
  const message = 'no metric shares this budget: it is that of critical metrics without a `false_pages` of their own.';
  return [{ path: PATH, at: 'key', message, hint: 'Leave it out, or leave `false_pages` out of their `page_when`.', warning: true }];
}

function sharingIn(metrics: ConfigFile['metrics']): string[] {
  return Object.entries(metrics).flatMap(([name, metric]) => (metric?.critical === true && !setsItsOwn(metric.page_when) ? [name] : []));
}

/** `derivative: -6 sigma` is a threshold of its own, too. */
function setsItsOwn({ false_pages: written, derivative }: PageWhenFile = {}): boolean {
  return written !== undefined || /sigma|σ/.test(String(derivative ?? ''));
}
