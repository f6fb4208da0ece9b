import { describe, expect, test } from 'vitest';
import { thresholdWords } from '../../../app/cli/threshold-words.ts';
import { PAGE_WHEN_DEFAULT, type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import type { HistoryFacts } from '../../../platform/topics/signals.ts';

const FIT = { sigmas: 7.02, low: 6.5, high: 7.9, mean: 4, falsePagesByFormula: 20, isHeavier: false };
const HISTORY: HistoryFacts = { at: 0, formula: 5.994, raised: 7.1, days: 21.6, ofDays: 7, peaks: 40, fit: FIT, limitedBy: null };
const words = (history: HistoryFacts | null, { pageWhen = PAGE_WHEN_DEFAULT, sharedBy = null as number | null } = {}): string =>
  thresholdWords({ pageWhen, history, sharedBy }).replaceAll('\u00a0', ' ');

describe('how sure a metric has to be is said', () => {
  test('by its budget, its own or its share of its team’s', () => {
    expect(words(null)).toBe('sure at −6 σ (1 false page a year).');
    const pageWhen = { ...PAGE_WHEN_DEFAULT, falsePagesPerYear: 1 / 12 };
    expect(words(null, { pageWhen, sharedBy: 12 })).toBe('sure at −6.4 σ (0.083 false pages a year: 1/12 of the budget of its team).');
  });

  test('with what its history asks for, and how sure that is', () => {
    expect(words(HISTORY)).toBe(
      'sure at −7.1 σ, raised from −6 σ by its history (1 false page a year). ' +
        'In 21 days of history it came near a page 40 times, which asks for −7 σ (90%: −6.5 σ to −7.9 σ).',
    );
    expect(words({ ...HISTORY, limitedBy: 'RAISE_TIMES_MAX' })).toMatch(/farther than a threshold is ever raised/);
    expect(words({ ...HISTORY, fit: { ...FIT, isHeavier: true } })).toMatch(/heavier than that, so the upper end holds/);
  });

  test('where history says nothing: too short, too quiet, or not asked', () => {
    expect(words({ ...HISTORY, raised: null, days: 3.4, fit: null })).toMatch(/3 days of history so far; from 7 on/);
    expect(words({ ...HISTORY, raised: null, peaks: 2, fit: null })).toMatch(/came near a page 2 times: too seldom/);
    expect(words(HISTORY, { pageWhen: pageWhenOf({ derivative: '-6.5 sigma' }) as PageWhen })).toBe(
      'sure at −6.5 σ, as written; its history changes nothing.',
    );
  });
});
