/** `page_when` of the YAML: what it means, and what is said of every mistake. */
import { describe, expect, test } from 'vitest';
import {
  FOR_SECONDS_MAX,
  PAGE_WHEN_DEFAULT,
  type PageWhen,
  type PageWhenFile,
  type PageWhenProblem,
  pageWhenOf,
  WITHIN_SECONDS_MAX,
} from '../../../detectors/steep-drop/page-when.ts';

function read(file: PageWhenFile): PageWhen {
  const read = pageWhenOf(file);
  if ('message' in read) throw new Error(read.message);
  return read;
}

function refused(file: PageWhenFile): PageWhenProblem {
  const read = pageWhenOf(file);
  if (!('message' in read)) throw new Error(`was taken as ${JSON.stringify(read)}`);
  return read;
}

test('nothing written means 40 % at -3 %/s, one false page a year, for 4 s', () => {
  expect(read({})).toEqual(PAGE_WHEN_DEFAULT);
  expect(PAGE_WHEN_DEFAULT).toEqual({
    ...{ drop: 0.4, withinSeconds: 0.4 / 0.03, percentPerSecond: -3 },
    ...{ falsePagesPerYear: 1, forSeconds: 4 },
  });
});

test('what the defaults say when written out is what they mean', () => {
  expect(read({ drop: '40%', derivative: -3, false_pages: '1/year', for: '4s' })).toEqual(PAGE_WHEN_DEFAULT);
});

describe('derivative and within are the same knob', () => {
  test.each<[PageWhenFile, number]>([
    [{ derivative: -3 }, 0.4 / 0.03],
    [{ derivative: -4 }, 10],
    [{ drop: '80%', derivative: -4 }, 20],
    [{ derivative: '-4 %/s' }, 10],
    [{ derivative: '−4' }, 10],
    [{ within: '10s' }, 10],
    [{ within: '1m' }, 60],
    [{ within: '1s' }, 1],
    [{ within: `${WITHIN_SECONDS_MAX}s` }, WITHIN_SECONDS_MAX],
  ])('%j: the fall may take %d s', (file, seconds) => {
    expect(read(file).withinSeconds).toBeCloseTo(seconds, 9);
  });

  test('both at once are refused', () => {
    expect(refused({ derivative: -3, within: '13s' })).toMatchObject({ key: 'within', message: /same knob/ });
  });
});

test.each(['-3 events/s2', '-3 events/s²', '-3events/s2'])('%s is meant literally', (derivative) => {
  expect(read({ derivative })).toMatchObject({ eventsPerSecond2: -3, withinSeconds: WITHIN_SECONDS_MAX });
});

test.each(['-6 sigma', '-6 sigmas', '-6σ'])('%s is the threshold itself', (derivative) => {
  expect(read({ derivative })).toMatchObject({ sigmas: 6, withinSeconds: 0.4 / 0.03 });
});

test.each<[PageWhenFile, PageWhenProblem['key'], RegExp]>([
  [{ drop: '0%' }, 'drop', /allowed is 1% to 99%/],
  [{ drop: '-5%' }, 'drop', /allowed is/],
  [{ drop: '100%' }, 'drop', /allowed is 1% to 99%/],
  [{ drop: '0.5%' }, 'drop', /allowed is 1% to 99%/],
  [{ drop: 'much' }, 'drop', /allowed is a share/],
  [{ derivative: 'steep' }, 'derivative', /allowed is a number/],
  [{ derivative: 3 }, 'derivative', /below 0/],
  [{ derivative: 0 }, 'derivative', /below 0/],
  [{ derivative: '3 events/s2' }, 'derivative', /below 0/],
  [{ derivative: '-2 sigma' }, 'derivative', /allowed is -3 to -40/],
  [{ derivative: '-41 sigma' }, 'derivative', /allowed is -3 to -40/],
  [{ derivative: -0.05 }, 'derivative', /no window is longer/],
  [{ within: 'soon' }, 'within', /allowed is a duration/],
  [{ within: '500ms' }, 'within', /allowed is 1s to 512s/],
  [{ within: '513s' }, 'within', /allowed is 1s to 512s/],
  [{ false_pages: 'rarely' }, 'false_pages', /allowed is a budget/],
  [{ false_pages: '0/year' }, 'false_pages', /above 0/],
  [{ false_pages: '25/day' }, 'false_pages', /24\/day at most/],
  [{ false_pages: '0.009/10 years' }, 'false_pages', /one in 1,000 years/],
  [{ derivative: '-6 sigma', false_pages: '1/year' }, 'false_pages', /same threshold/],
  [{ for: 'ever' }, 'for', /allowed is a duration/],
  [{ for: '1500ms' }, 'for', /whole seconds/],
  [{ for: '513s' }, 'for', /allowed is 0s to 512s/],
])('%j is refused by its word, saying what is allowed', (file, key, message) => {
  const problem = refused(file);
  expect(problem.key).toBe(key);
  expect(problem.message).toMatch(message);
  expect(problem.hint).toBeTruthy();
});

test.each([
  [{ drop: '1%' }, { drop: 0.01 }],
  [{ drop: '99%' }, { drop: 0.99 }],
  [{ for: '0s' }, { forSeconds: 0 }],
  [{ for: `${FOR_SECONDS_MAX}s` }, { forSeconds: FOR_SECONDS_MAX }],
  [{ derivative: '-3 sigma' }, { sigmas: 3 }],
  [{ derivative: '-40 sigma' }, { sigmas: 40 }],
  [{ false_pages: '0.01/10 years' }, { falsePagesPerYear: 0.001 }],
  [{ false_pages: '24/day' }, { falsePagesPerYear: 365.25 * 24 }],
])('%j is the edge, and allowed', (file, meant) => {
  expect(read(file)).toMatchObject(meant);
});
