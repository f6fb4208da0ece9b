import { describe, expect, test } from 'vitest';
import { type Known, nextTry } from '../../../alerting/delivery/next-try.ts';
import { STAGES } from '../../../alerting/delivery/stages.ts';

const email = { channel: 'email', to: 'ana@shop.example' };
const hook = { channel: 'webhook', to: 'https://hooks.example' };
const ways = [email, hook];
const known = (way: string, tries: number, is: Known['is'], ageMs: number, again = true, isOwn = true): Known => {
  return { way, try: tries, is, again, ageMs, isOwn };
};
const ofTwin = (way: string, tries: number, is: Known['is'], ageMs: number, again = true): Known =>
  known(way, tries, is, ageMs, again, false);
const tried = (way: typeof email, tries: number, repeat = false) => ({ kind: 'try', way, try: tries, repeat });

describe('the next try', () => {
  test.each([
    ['is the first way at once', [], tried(email, 1)],
    ['is nothing where one way has brought it', [known('email', 1, 'sent', 0)], { kind: 'nothing' }],
    ['waits 2 s after a failure that may pass', [known('email', 1, 'failed', 500)], { kind: 'wait', delayMs: 1500 }],
    ['is the same way again then', [known('email', 1, 'failed', 2000)], tried(email, 2)],
    ['is the next way at once after two failures', [known('email', 2, 'failed', 0)], tried(hook, 1)],
    ['is the next way at once after a refusal for good', [known('email', 1, 'failed', 0, false)], tried(hook, 1)],
    [
      'is the next way at once where the first asks to be left alone',
      [{ ...known('email', 1, 'failed', 0), waitMs: 30_000 }],
      tried(hook, 1),
    ],
    [
      'leaves a way alone for as long as it asks',
      [{ ...known('email', 1, 'failed', 5000), waitMs: 60_000 }, known('webhook', 1, 'failed', 0, false)],
      { kind: 'wait', delayMs: 30_000 },
    ],
    [
      'is the same way after a pause that is shorter than a try\u2019s',
      [{ ...known('email', 1, 'failed', 500), waitMs: 1000 }],
      { kind: 'wait', delayMs: 1500 },
    ],
    ['leaves an open try alone for 5 s', [known('email', 1, 'intended', 1000)], { kind: 'wait', delayMs: 4000 }],
    ['takes it up then, as a possible repeat', [known('email', 1, 'intended', 5000)], tried(email, 2, true)],
    [
      'waits for the open try of another way too',
      [known('email', 2, 'failed', 9), known('webhook', 1, 'intended', 0)],
      { kind: 'wait', delayMs: 5000 },
    ],
    ['is the way whose pause is over first', [known('email', 3, 'failed', 5000), known('webhook', 2, 'failed', 5000)], tried(hook, 3)],
    [
      'never pauses longer than 30 s',
      [known('email', 40, 'failed', 1000), known('webhook', 40, 'failed', 0)],
      { kind: 'wait', delayMs: 29_000 },
    ],
    [
      'comes back after 30 s to what was refused for good',
      [known('email', 1, 'failed', 30_000, false), known('webhook', 1, 'failed', 0, false)],
      tried(email, 2),
    ],
    ['waits 5 s after a failure of the twin, which goes on itself', [ofTwin('email', 1, 'failed', 500)], { kind: 'wait', delayMs: 4500 }],
    ['is the same way again then', [ofTwin('email', 1, 'failed', 5000)], tried(email, 2)],
    ['leaves the next way to the twin for 3 s', [ofTwin('email', 1, 'failed', 1000, false)], { kind: 'wait', delayMs: 2000 }],
    ['is the next way then', [ofTwin('email', 1, 'failed', 3000, false)], tried(hook, 1)],
    ['leaves an open try of the twin alone for 5 s as well', [ofTwin('email', 1, 'intended', 4000)], { kind: 'wait', delayMs: 1000 }],
  ] as const)('%s', (_name, deliveries, next) => {
    expect(nextTry('page', ways, deliveries)).toEqual(next);
  });

  test('there is none where nobody can be reached by anything', () => {
    expect(nextTry('page', [], [])).toEqual({ kind: 'nothing' });
  });

  test('a page is tried for ever, a word that it is over ten times', () => {
    expect(nextTry('page', [email], [known('email', 5000, 'failed', 30_000)])).toEqual(tried(email, 5001));
    expect(nextTry('resolved', [email], [known('email', 9, 'failed', 30_000)])).toEqual(tried(email, 10));
    expect(nextTry('resolved', [email], [known('email', 10, 'failed', 30_000)])).toEqual({ kind: 'nothing' });
  });
});

test('an attempt is claimed, held against what is known by now, sent and settled, in this order', () => {
  expect(STAGES.map(({ name }) => name)).toEqual(['claim', 'illustrate', 'hold', 'send', 'settle']);
});
