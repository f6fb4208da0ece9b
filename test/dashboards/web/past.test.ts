import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnnotationView, IncidentView, RatesAnswer } from '../../../dashboards/live-frames.ts';
import { overall, pastFigure, pastHeight, stepOf } from '../../../dashboards/web/src/past/figure.ts';
import { pastMarks, rehearsedIn } from '../../../dashboards/web/src/past/marks.ts';
import { rowsOf } from '../../../dashboards/web/src/past/rows.ts';
import { againMs, CHOICES, choiceIn } from '../../../dashboards/web/src/past/spans.ts';
import { pastText, stepText, stepWords } from '../../../dashboards/web/src/past/words.ts';
import { momentText, timeMarks, wallOf } from '../../../dashboards/web/src/past/zoned.ts';
import { fallAt } from '../made-up.ts';

const BERLIN = 'Europe/Berlin';
const DAY = 86_400;
const at = (text: string): number => Date.parse(text) / 1000;
const NOON = at('2026-11-20T12:00:00Z');
const MONTH = choiceIn('?span=30d');

function answer(step: string, counts: (number | null)[], more: Partial<RatesAnswer> = {}): RatesAnswer {
  const seconds = stepOf(step);
  const each = counts.map((count) => (count === null ? null : count / seconds));
  const none = counts.map(() => null);
  return {
    ...{ from: new Date(NOON * 1000).toISOString(), step, counts, min: each, max: each, usual: each },
    ...{ state: counts.map((count) => (count === null ? 'blind' : 'normal')), derivative: none, closed: none, steepness: none },
    ...more,
  };
}

const figureOf = (rates: RatesAnswer, seconds = rates.counts.length * stepOf(rates.step)) =>
  pastFigure(rates, { from: NOON, to: NOON + seconds }, { name: 'orders', incidents: [] });

test('an address chooses one of seven spans, and what names none is a day', () => {
  expect(CHOICES.map(({ key }) => choiceIn(`?span=${key}`).key)).toEqual(['10m', '1h', '6h', '1d', '7d', '14d', '30d']);
  expect(['', '?span=', '?span=3w', '?kiosk'].map((search) => choiceIn(search).key)).toEqual(['1d', '1d', '1d', '1d']);
  expect(['10m', '1h', '6h', '30d'].map((key) => againMs(choiceIn(`?span=${key}`)))).toEqual([10_000, 10_000, 60_000, 60_000]);
});

test('the time axis says minutes, hours or days of the server, whatever fits', () => {
  const texts = (seconds: number, widthPx: number): string[] => timeMarks(NOON - seconds, NOON, widthPx, BERLIN).map(({ text }) => text);
  expect(texts(600, 1200).slice(0, 3)).toEqual(['12:50', '12:51', '12:52']);
  expect(texts(DAY, 1200)).toEqual(expect.arrayContaining(['22:00', 'Fri 20', '02:00']));
  expect(texts(7 * DAY, 700)).toEqual(['Sat 14', 'Sun 15', 'Mon 16', 'Tue 17', 'Wed 18', 'Thu 19', 'Fri 20']);
  expect(texts(30 * DAY, 1200)).toContain('1 Nov');
});

test('in any zone and over any span the marks lie within it, in order, where a local hour or day begins, and do not touch', () => {
  const zones = ['UTC', BERLIN, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  const spans = fc.constantFrom(...CHOICES.map(({ seconds }) => seconds));
  fc.assert(
    fc.property(fc.constantFrom(...zones), spans, fc.integer({ min: 0, max: 400 * DAY }), (zone, seconds, ago) => {
      const to = NOON - ago;
      const marks = timeMarks(to - seconds, to, 1180, zone);
      expect(marks.length).toBeGreaterThan(4);
      marks.forEach((mark, i) => {
        expect(mark.at).toBeGreaterThanOrEqual(to - seconds);
        expect(mark.at).toBeLessThanOrEqual(to);
        expect(wallOf(mark.at, zone) % 60).toBe(0);
        // An hour that is skipped or comes twice may bring two of them nearer.
        const before = marks[i - 1];
        if (before) expect(((mark.at - before.at) / seconds) * 1180).toBeGreaterThan(seconds > DAY ? 45 : 20);
      });
    }),
    { numRuns: 60 },
  );
});

test('a moment is told as exactly as its step is long', () => {
  expect(momentText(NOON, 5, BERLIN)).toBe('13:00:00');
  expect(momentText(NOON, 3600, BERLIN)).toBe('Fri 20 Nov 13:00');
  expect([1, 5, 60, 1800, 3600, 10_800, DAY].map(stepWords)).toEqual(
    ['second', '5 s', 'minute', '30 min', 'hour', '3 h', 'day'].map((words) => `each ${words.replace(' ', '\u00a0')}`),
  );
});

test('a step knows its quietest second, though its mean hides it', () => {
  const figure = figureOf(answer('1h', [360_000, 359_800, 360_000], { min: [80, 0, 80], max: [120, 120, 120] }));
  expect(figure.mean[1]).toBeCloseTo(99.94, 1);
  expect(overall(figure)).toMatchObject({ least: 0, most: 120 });
  expect(pastHeight(figure)).toBe(150);
  const usual = figure.usual[1]?.toFixed(0);
  expect(stepText(figure, 1, BERLIN)).toBe(`Fri 20 Nov 14:00: least 0, mean 100/s, most 120, normal, usual ${usual}/s`);
  expect(pastText('orders', figure, MONTH, BERLIN)).toBe('orders in the last 30\u00a0days: least 0, mean 100/s, most 120 events a second.');
});

test('the step that is not over is divided by what of it is over, and of one that was mostly blind no mean is told', () => {
  const open = answer('1m', [6000, 1000], { min: [90, 90], max: [110, 110] });
  expect(figureOf(open, 70).mean).toEqual([100, 100]);
  const partly = answer('1m', [6000, 600, 6000], { min: [90, 90, 90], max: [110, 110, 110], state: ['normal', 'blind', 'normal'] });
  expect(figureOf(partly)).toMatchObject({ mean: [100, null, 100], partlyBlind: [1], gaps: [] });
  expect(stepText(figureOf(partly), 1, BERLIN)).toContain('least 90, mean not known, most 110, blind');
});

test('what nobody knows is a gap and never a zero; what lies before the first known step is none', () => {
  const figure = figureOf(answer('1m', [null, 60, null, null, 60, null], { state: [null, null, null, 'blind', 'normal', null] }));
  expect(figure.gaps).toEqual([{ from: NOON + 120, to: NOON + 240 }]);
  expect(figure.mean).toEqual([null, 1, null, null, 1, null]);
  expect(stepText(figure, 3, BERLIN)).toBe('Fri 20 Nov 13:03: nothing is known, blind');
  expect(pastText('orders', figure, MONTH, BERLIN)).toMatch(/There are gaps without data\. Nothing is known before Fri 20 Nov 13:01\.$/);
  expect(pastText('orders', figureOf(answer('1m', [null])), MONTH, BERLIN)).toBe('Nothing is known of orders in the last 30\u00a0days.');
});

test('of single seconds the mean is drawn calm, with their gaps', () => {
  const figure = figureOf(answer('1s', [40, 60, 50, null, 50, 50]));
  expect(figure.mean[2]).toBeCloseTo(50, 0);
  expect(figure.gaps).toEqual([{ from: NOON + 3, to: NOON + 4 }]);
});

test('short steps are drawn calmer than they are, and a cliff among them stays a cliff', () => {
  const noisy = Array.from({ length: 120 }, (_, i) => (i < 80 ? 150 + ((i * 7919) % 41) - 20 : 0));
  const { mean, line } = figureOf(answer('5s', noisy));
  const spread = (values: readonly (number | null)[]): number =>
    Math.max(...values.slice(20, 80).map((value) => Math.abs((value ?? 0) - 30)));
  expect(spread(line)).toBeLessThan(spread(mean) * 0.8);
  expect(line[82]).toBe(0);
  const hours = figureOf(answer('1h', [3600, 7200]));
  expect(hours.line).toEqual(hours.mean);
});

test('a table has few rows, the newest first, each from where a local day or hour begins, and forgets no step', () => {
  const days = figureOf(
    answer(
      '1h',
      Array.from({ length: 720 }, () => 3600),
    ),
  );
  const rows = rowsOf(days, BERLIN);
  expect(rows.length).toBeLessThanOrEqual(66);
  expect(rows[0]?.after).toBe(720);
  expect(rows.at(-1)?.first).toBe(0);
  for (const [i, row] of rows.entries()) if (i > 0) expect(row.after).toBe(rows[i - 1]?.first);
  expect(momentText(rows[5]?.at as number, 3600, BERLIN)).toMatch(/(00|12):00$/);
});

const annotation = (kind: string, from: number, until: number | null = null): AnnotationView => {
  return { id: `${kind}${from}`, kind, at: from * 1000, until: until === null ? null : until * 1000, text: `a ${kind}`, writer: 'ana' };
};
const incident = (name: string, severity: 1 | 2, opened: number): IncidentView => ({
  ...{ id: `inc-${name}`, severity, headline: `${name} fell`, is: 'resolved', openedAt: opened * 1000, resolvedAt: (opened + 90) * 1000 },
  ...{ acknowledgedBy: null, acknowledgedAt: null, reached: [], paging: [], held: null, next: null, missing: 0 },
  metrics: [{ name, fall: fallAt(opened, 100, 0.4), recovered: true }],
});

test('marks are what lies within the picture, oldest first, and incidents of this metric alone', () => {
  const annotations = [annotation('sale', NOON + 50, NOON + 60), annotation('deploy', NOON + 10), annotation('note', NOON - 5)];
  const incidents = [incident('orders', 1, NOON + 30), incident('payments', 1, NOON + 31), incident('orders', 2, NOON + 70)];
  const marks = pastMarks('orders', { annotations, incidents }, { from: NOON, to: NOON + 80 });
  expect(marks.map(({ kind, name, incident: id }) => [kind, name, id])).toEqual([
    ['deploy', 'deploy', null],
    ['sev1', 'Sev-1', 'inc-orders'],
    ['other', 'sale', null],
    ['sev2', 'Sev-2', 'inc-orders'],
  ]);
});

test('made-up stretches that follow each other are one, and those outside the picture none', () => {
  const annotations = [10, 20, 40].map((from) => annotation('rehearsed', NOON + from, NOON + from + 10));
  const within = rehearsedIn({ annotations }, { from: NOON + 15, to: NOON + 35 });
  expect(within).toEqual([{ from: NOON + 10, to: NOON + 30, text: 'a rehearsed' }]);
  expect(pastMarks('orders', { annotations, incidents: [] }, { from: NOON, to: NOON + 90 })).toEqual([]);
});

test('a planned closing stands in the past of its metric while it lasts, and is no more once it is over', () => {
  const began = 1_800_000_000;
  const planned = [{ is: 'closed', from: began, to: began + 3600, name: 'Christmas' } as const];
  const marksIn = (from: number, to: number) => pastMarks('checkout', { annotations: [], incidents: [], planned }, { from, to });
  expect(marksIn(began - 60, began + 60)).toMatchObject([
    { at: began, until: null, kind: 'planned', name: 'planned closing', text: 'Christmas' },
  ]);
  expect(marksIn(began + 60, began + 7200)).toMatchObject([{ until: began + 3600 }]);
  expect(marksIn(began + 3601, began + 7200)).toEqual([]);
});
