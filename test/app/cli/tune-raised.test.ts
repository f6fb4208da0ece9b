/** A tuning of limits that history has raised says so, and that the others are played without. */
import { expect, test } from 'vitest';
import type { Output } from '../../../app/cli/output.ts';
import { tuneJson } from '../../../app/cli/tune-json.ts';
import { type Tuned, tunedOf } from '../../../app/cli/tune-result.ts';
import { sayTuned } from '../../../app/cli/tune-words.ts';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { gridOf, type Setting, type Written } from '../../../detectors/tuning/grid.ts';
import { Recording } from '../../../detectors/tuning/history.ts';

const DAYS = 3;

function tuned(raised: Partial<PageWhen>, written?: Written): Tuned {
  const inForce = { ...(pageWhenOf({}) as PageWhen), ...raised };
  const settings = gridOf({ drop: ['30%', '40%'], derivative: ['-3'], falsePages: ['1/year'], for: ['4s'] }, inForce, written) as Setting[];
  const recording = new Recording();
  for (let at = 0; at < DAYS * 86_400; at += 60) recording.add(1_793_577_600 + at, 5);
  const hours = { quiet: { starts: 0, rate: 5 }, busy: { starts: 43_200, rate: 9 } };
  const index = settings.findIndex(({ isInForce }) => isInForce);
  const common = { history: recording.end(), pageWhens: settings.map(({ pageWhen }) => pageWhen), inForce: index, moments: [], waits: [] };
  const done = { pages: settings.map(() => []), judged: settings.map(() => DAYS * 1440), delays: [] };
  const asked = {
    name: 'orders',
    settings,
    common,
    done,
    hours,
    reals: [],
    isUnjudged: false,
    budget: 1,
    heldOutSeconds: 86_400,
    notes: [],
  };
  return tunedOf(asked);
}

function said(one: Tuned): string {
  const lines: string[] = [];
  const line = (text = ''): void => void lines.push(text);
  const mark = { good: '✓', warning: '!', bad: '✗', waiting: '…' };
  const output: Output = { line, json: () => undefined, talk: line, style: (_, text) => text, mark };
  sayTuned(one, output);
  return lines.join('\n').replaceAll('\u00a0', ' ').replaceAll(/\n */g, ' ');
}

test('words and JSON say from where to where, by how much history, and of which setting', () => {
  const one = tuned({ raisedSigmas: 6.7, raisedByDays: 9 });
  expect(said(one)).toContain('has raised how sure it must be, from −6 σ to −6.7 σ, by 9 days of it: so it is played here.');
  const { grid } = tuneJson(one) as { grid: { isInForce: boolean; sigmas: number; raisedFromSigmas?: number; raisedByDays?: number }[] };
  const raised = grid.filter(({ raisedFromSigmas }) => raisedFromSigmas !== undefined);
  expect(raised).toMatchObject([{ isInForce: true, sigmas: 6.7, raisedByDays: 9 }]);
  expect(raised[0]?.raisedFromSigmas).toBeCloseTo(5.99, 2);
});

test('nothing is said of a raise where there is none', () => {
  expect(said(tuned({}))).not.toContain('raised');
});

test('the lines to commit leave out a budget that is its part of its team’s, and the table says whose it is', () => {
  const text = said(tuned({ falsePagesPerYear: 0.2 }, { share: 1, isTeams: true, learnsNot: true }));
  expect(text).toContain('page_when: { drop: 40%, derivative: -3, for: 4s, learn: false }');
  expect(text).toContain("its team's");
});
