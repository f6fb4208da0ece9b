import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sigmasOf } from '../../../detectors/steep-drop/threshold.ts';
import { loadConfig } from '../../../platform/config/load.ts';

const AROUND = { people: { ana: { email: 'ana@example.com' } }, mail: { smtp: 'smtp://mail', from: 'a@example.com' } };
const critical = (more: object = {}): object => ({ event: 'order.placed', kind: 'write', critical: true, ...more });
const load = (metrics: object, budget: string | null = '1/year') =>
  loadConfig(stringify({ metrics, teams: { default: { ...(budget !== null && { false_pages: budget }) } }, ...AROUND }), {
    ...{ file: 'plummet.yaml', env: {} },
  });
const perYear = (loaded: ReturnType<typeof load>): Record<string, number> =>
  Object.fromEntries((loaded.config?.metrics ?? []).map(({ name, pageWhen }) => [name, pageWhen.falsePagesPerYear]));

describe("a team's budget of false pages", () => {
  test('is divided evenly over the metrics that may wake somebody and write none of their own', () => {
    const loaded = load({
      orders: critical(),
      payments: critical({ page_when: { drop: '50%' } }),
      signups: critical({ page_when: { false_pages: '2/year' } }),
      exact: critical({ page_when: { derivative: '-6 sigma' } }),
      searches: { event: 'search.run', kind: 'read' },
    });
    expect(perYear(loaded)).toEqual({ orders: 0.5, payments: 0.5, signups: 2, exact: 1, searches: 1 });
    expect(loaded.config?.budget).toEqual({ falsePagesPerYear: 1, metrics: ['orders', 'payments'] });
    expect(loaded.warnings).toEqual([]);
  });

  test('over a hundred metrics asks each for 6.7 sigma, so that all of them together keep it', () => {
    const metrics = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`m${i}`, critical()]));
    const budgets = Object.values(perYear(load(metrics)));
    expect(budgets.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    expect(sigmasOf(budgets[0] as number)).toBeCloseTo(6.7, 1);
  });

  test('that is not written leaves each metric its own, and a team may write nothing else', () => {
    expect(perYear(load({ orders: critical(), payments: critical() }, null))).toEqual({ orders: 1, payments: 1 });
    expect(load({ orders: critical() }, null).config?.budget).toBeNull();
  });

  test('in which nobody has a part is told', () => {
    const { config, warnings } = load({ orders: critical({ page_when: { false_pages: '1/year' } }) });
    expect(config?.metrics[0]?.pageWhen.falsePagesPerYear).toBe(1);
    expect(warnings.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['teams.default.false_pages', 'no metric shares this budget: it is that of critical metrics without a `false_pages` of their own.'],
    ]);
  });

  test('that is none, or leaves too little for each, is refused with the way out', () => {
    const errorOf = (...args: Parameters<typeof load>): string =>
      load(...args)
        .errors.map(({ message, hint }) => `${message} ${hint}`)
        .join();
    expect(errorOf({ orders: critical() }, '0/year')).toMatch(/never pages in vain/);
    expect(errorOf({ orders: critical() }, '25/day')).toMatch(/24\/day at most/);
    const metrics = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`m${i}`, critical()]));
    expect(errorOf(metrics, '1/10 years')).toMatch(
      /divided over 101 metrics it is 0.00099 a year for each.*Allow the team 1\/year or more/,
    );
    delete (metrics as Record<string, unknown>).m100;
    expect(errorOf(metrics, '1/10 years')).toBe('');
  });
});

test('history may raise what wakes somebody, unless it is told not to or the threshold is written', () => {
  const { config } = load({
    orders: critical(),
    fixed: critical({ page_when: { learn: false } }),
    exact: critical({ page_when: { derivative: '-6 sigma' } }),
    quiet: { event: 'a.b', kind: 'write' },
  });
  expect(config?.metrics.map(({ name, learns }) => [name, learns])).toEqual([
    ['orders', true],
    ['fixed', false],
    ['exact', false],
    ['quiet', false],
  ]);
});
