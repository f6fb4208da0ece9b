import { expect, test } from 'vitest';
import { UserError } from '../../../app/cli/output.ts';
import { pageWhenFlag } from '../../../app/cli/page-when-flag.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';

function mistakeIn(text: string): UserError {
  try {
    pageWhenFlag(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

test('what is left out has its default', () => {
  for (const text of [undefined, '', '  ', 'drop=40%,derivative=-3,false_pages=1/year,for=4s']) {
    expect(pageWhenFlag(text)).toEqual(PAGE_WHEN_DEFAULT);
  }
  expect(pageWhenFlag('for=8s')).toEqual({ ...PAGE_WHEN_DEFAULT, forSeconds: 8 });
});

test('every form of the YAML works, with spaces where people put them', () => {
  expect(pageWhenFlag('drop=60%, within=30s')).toMatchObject({ drop: 0.6, withinSeconds: 30 });
  expect(pageWhenFlag('derivative=-6 sigma')).toMatchObject({ sigmas: 6 });
  expect(pageWhenFlag(' derivative = -3 events/s2 , false_pages = 1/10 years')).toMatchObject({
    eventsPerSecond2: -3,
    falsePagesPerYear: 0.1,
  });
});

test('a mistake is told in the words of the YAML, with what to write instead', () => {
  const wrong: [string, RegExp, RegExp][] = [
    ['drp=40%', /no "drp"/, /`drop`/],
    ['falsepages=1/year', /no "falsepages"/, /`false_pages`/],
    ['colour=red', /no "colour"/, /drop, derivative, within, false_pages, for/],
    ['drop', /"drop" is not key=value/, /drop=40%/],
    ['drop=40%,', /"" is not key=value/, /drop=40%/],
    ['=40%', /not key=value/, /drop=40%/],
    ['drop=40%,drop=50%', /drop is said twice/, /Leave one/],
    ['drop=0%', /drop: found 0%/, /`drop=40%`/],
    ['drop=100%', /drop: found 100%, allowed is 1% to 99%/, /`drop=90%`/],
    ['for=513s', /for: found 513s, allowed is 0s to 512s/, /morning/],
    ['derivative=-3,within=13s', /within: .*same knob/, /Leave one/],
    ['false_pages=0/year', /false_pages: found 0\/year/, /`false_pages=1\/10 years`/],
    ['constructor=1', /no "constructor"/, /There are/],
  ];
  for (const [text, message, hint] of wrong) {
    const mistake = mistakeIn(text);
    expect(mistake.message).toMatch(message);
    expect(mistake.hint).toMatch(hint);
    expect(mistake.exit).toBe(2);
  }
});
