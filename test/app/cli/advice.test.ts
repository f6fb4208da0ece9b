/** The sentences of `plummet check`: each true of its numbers, and none where there is nothing to say. */
import { describe, expect, test } from 'vitest';
import { type Advice, adviceOf, showDays, showQuiet } from '../../../app/cli/advice.ts';
import { type Answered, canPage, falsePagesOf, type Needs, needsOf } from '../../../app/cli/needs.ts';
import { secondsToPage } from '../../../detectors/steep-drop/delay.ts';
import { PAGE_WHEN_DEFAULT, type PageWhen, type PageWhenFile, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { REFERENCES, WINDOWS } from '../../../detectors/steep-drop/rate.ts';
import type { Config } from '../../../platform/config/load.ts';
import type { OutlookFacts, SpeedFacts } from '../../../platform/topics/signals.ts';

const LOST = [1, 0.8, 0.5];
/** 2026-01-05 02:30 UTC, 03:30 in Berlin. */
const AT = Date.UTC(2026, 0, 5, 2, 30) / 1000;

function speed(rate: number, pageWhen: PageWhen = PAGE_WHEN_DEFAULT, noise = 1): SpeedFacts {
  const noises = WINDOWS.map(() => noise);
  const pairs = noises.flatMap((each) => REFERENCES.map(() => each));
  return { rate, seconds: LOST.map((lost) => secondsToPage(rate, lost, pageWhen, pairs)), window: 12, noise, noises };
}

function metric(more: Partial<Needs> = {}): Needs {
  const about = { name: 'signups', event: 'user.registered', critical: true, pageWhen: PAGE_WHEN_DEFAULT, from: 'running' } as const;
  const nobody = { history: null, sharedBy: null, recorded: null };
  const unknown = { warmSeconds: null, usual: null, quietest: null, day: null, unit: null, ...nobody };
  return { ...about, ...unknown, state: 'normal', now: speed(100), isNoiseKnown: true, ...more };
}

const limits = (file: PageWhenFile): PageWhen => pageWhenOf(file) as PageWhen;
const advice = (more: Partial<Needs> = {}): Advice[] => adviceOf([metric(more)], 'Europe/Berlin');
/** Numbers never part from their units; a test may. */
const texts = (more: Partial<Needs> = {}): string[] => advice(more).map(({ text }) => text.replaceAll('\u00a0', ' '));

test('of a fast metric there is nothing to say', () => {
  expect(advice({ quietest: { ...speed(20), at: AT }, day: speed(150) })).toEqual([]);
});

describe('a slow metric', () => {
  test('is told its time at its quietest hour, the limit of any rule, and what it is by day', () => {
    const [text] = texts({ now: speed(6), quietest: { ...speed(1.1), at: AT }, day: speed(6.4) });
    expect(text).toMatch(
      /^signups: half lost takes 3 min 2\d s at 03:30\. No rule can be faster than 102 s at 1\.1\/s; by day \(6\.4\/s\) it/,
    );
    expect(text).toMatch(/it takes 23 s\. Slides of up to about 50 min look steep there\..*count something earlier in the funnel/);
  });

  test('is told of now where no whole day is known', () => {
    expect(texts({ now: speed(1) })[0]).toMatch(
      /^signups: half lost takes 3 min 32 s now\. No rule can be faster than 113 s at 1\.0\/s\. Slides/,
    );
  });

  test('that never sees half lost is told so, while all lost is found', () => {
    const [text, ...others] = texts({ now: speed(0.2) });
    expect(text).toMatch(/half lost is not sure within 512 s now/);
    expect(others).toEqual([]);
  });
});

describe('a metric that is too slow', () => {
  test('is drawn and never paged, and told from which rate on it would be found', () => {
    const [one] = advice({ now: speed(0.02) });
    expect(one).toMatchObject({ kind: 'too-slow', metrics: ['signups'] });
    expect(one?.text).toMatch(/0\.02\/s is too slow to be sure of anything\. Drawn, never paged\. From 0\.04\/s on all lost can be found/);
    expect(canPage(metric({ now: speed(0.02) }))).toBe(false);
  });

  test('only at night is told what holds by day', () => {
    const night = { now: speed(6), quietest: { ...speed(0), at: AT }, day: speed(6) };
    expect(texts(night)[0]).toMatch(/<0\.03\/s at 03:30 is too slow.*Drawn, not paged then\. By day \(6\.0\/s\) all lost takes 4 s\./);
    expect(canPage(metric(night))).toBe(true);
  });

  test('only because of its noise is not said to be too slow for anybody', () => {
    const found = texts({ now: speed(0.1, PAGE_WHEN_DEFAULT, 5) });
    expect(found[0]).toMatch(/with the noise it is believed to have/);
    expect(found.join()).not.toMatch(/From .* on all lost can be found/);
    expect(found[1]).toMatch(/bursty.*so all lost is never sure; without that, 3 min/);
  });
});

describe('noise', () => {
  test('of a bursty metric costs time, which is told', () => {
    const [one] = advice({ now: speed(20, PAGE_WHEN_DEFAULT, 6) });
    expect(one?.kind).toBe('bursty');
    expect(one?.text.replaceAll('\u00a0', ' ')).toMatch(
      /6\.0 times the variance that chance gives them, so half lost takes \d+ s; without that, 7\.5 s/,
    );
  });

  test('that is not known yet is said to be assumed', () => {
    const [one] = advice({ now: speed(20, PAGE_WHEN_DEFAULT, 3), isNoiseKnown: false });
    expect(one?.kind).toBe('noise-unknown');
    expect(one?.text).toMatch(
      /not known yet; to be careful 3\.0 times the variance of chance is assumed.*if it is no more than chance, 7\.5/,
    );
  });

  test('that changes nothing is not spoken of', () => {
    expect(advice({ now: speed(1000, PAGE_WHEN_DEFAULT, 3), isNoiseKnown: false })).toEqual([]);
  });
});

describe('what is not known is never made up', () => {
  test.each<[string, Partial<Needs>, RegExp | null]>([
    ['no usual rate yet', { now: null, state: 'warming', warmSeconds: 30 }, /no usual rate yet; it is known after a minute.*Ask again/],
    ['times not worked out yet', { now: null, usual: 60 }, /the times are worked out within a minute\. Ask again/],
    ['blind', { now: null, state: 'blind' }, /blind just now/],
    ['nothing counted', { now: speed(0) }, /nothing is counted, so it can never page\. Does anybody publish user\.registered\?/],
    ['nobody knows it', { from: null, now: null, state: null }, null],
  ])('%s', (_, more, told) => {
    if (told) expect(texts(more)[0]).toMatch(told);
    else expect(texts(more)).toEqual([]);
  });

  test('a metric that warms is said to page nobody, with how far it is', () => {
    expect(texts({ state: 'warming', warmSeconds: 725 })).toEqual([
      'signups: still warming, nobody is paged yet: 12 min of 60 min without a would-be page are done.',
    ]);
  });
});

test('what is true of several metrics is said once', () => {
  const warm = { state: 'warming', warmSeconds: 60 } as const;
  const found = adviceOf([metric({ ...warm, name: 'a' }), metric({ ...warm, name: 'b' }), metric({ name: 'c' })], 'UTC');
  expect(found).toMatchObject([{ kind: 'warming', metrics: ['a', 'b'] }]);
});

describe('limits', () => {
  test('a literal derivative is told in percent at the rates there are, and where it would be -3', () => {
    const pageWhen = limits({ derivative: '-3 events/s2' });
    const [text] = texts({ pageWhen, now: speed(21, pageWhen), quietest: { ...speed(10, pageWhen), at: AT }, day: speed(60, pageWhen) });
    expect(text).toContain('-30 %/s at 10/s (40% gone within 1.3 s), -5 %/s at 60/s (40% gone within 8 s). Only at 100/s is it -3 %/s.');
    expect(texts({ pageWhen, now: null, from: null })[0]).toMatch(/another steepness at every rate\. Only at 100\/s is it -3 %\/s/);
  });

  test('what its recorded counts gave with it is told, too', () => {
    const pageWhen = limits({ derivative: '-3 events/s2' });
    const recorded = { file: 'a.csv', outlook: {} as OutlookFacts, days: 9, warmingDays: 0, pages: [1, 2], more: 0, notes: [] };
    expect(texts({ pageWhen, recorded })[0]).toMatch(/Its recorded counts gave 2 pages in 9 days with it/);
  });

  test('a drop that is never reached by half or 80% is said', () => {
    const deep = limits({ drop: '60%' });
    expect(texts({ pageWhen: deep, now: speed(100, deep) })).toEqual(['signups: half lost never pages: `drop` asks for 60%.']);
    const deeper = limits({ drop: '90%' });
    expect(texts({ pageWhen: deeper, now: speed(1, deeper) })).toEqual([
      'signups: 80% lost and half lost never page: `drop` asks for 90%.',
    ]);
  });

  test('a dip that pages is said once for all metrics with the same `for`', () => {
    const short = limits({ for: '3s' });
    const found = adviceOf([metric({ name: 'a', pageWhen: short }), metric({ name: 'b' }), metric({ name: 'c', pageWhen: short })], 'UTC');
    expect(found).toMatchObject([{ kind: 'dip', metrics: ['a', 'c'] }]);
    expect(found[0]?.text).toMatch(/^a, c: a deploy's dip of 2 s pages up to every second time on for: 3s, hardly ever on for: 4s\./);
  });

  test('a threshold in sigmas is the budget that it means', () => {
    expect(falsePagesOf(metric({ pageWhen: limits({ derivative: '-6 sigma' }) }))).toBeCloseTo(0.96, 2);
    expect(falsePagesOf(metric({ pageWhen: limits({ false_pages: '2/month' }) }))).toBe(24);
  });
});

describe('whose numbers they are', () => {
  const yaml = (pageWhen: PageWhen): Config => ({ metrics: [{ ...metric(), pageWhen }] }) as unknown as Config;
  const outlook: OutlookFacts = {
    now: speed(100),
    quietest: { ...speed(20), at: AT },
    day: null,
    isNoiseKnown: true,
    pageWhen: { ...PAGE_WHEN_DEFAULT },
  };
  const running = (more: object = {}): Answered => {
    const now = { name: 'signups', event: 'user.registered', state: 'normal', outlook, progressSeconds: null, ...more };
    return { base: 'http://here', metrics: [now], refused: null } as unknown as Answered;
  };

  test('a running Plummet with the same limits is taken at its word', () => {
    const [one] = needsOf(yaml(PAGE_WHEN_DEFAULT), running(), new Map());
    expect(one).toMatchObject({ from: 'running', now: outlook.now, quietest: outlook.quietest, isNoiseKnown: true });
  });

  test('with other limits its rates and noise are taken, and the times worked out for the YAML that is checked', () => {
    const pageWhen = limits({ for: '30s' });
    const [one] = needsOf(yaml(pageWhen), running(), new Map());
    expect(one?.quietest?.seconds).toEqual([30, 30, 30]);
    expect(one?.quietest?.rate).toBe(20);
    const shallower = needsOf(yaml(limits({ drop: '20%' })), running(), new Map())[0];
    expect(shallower?.quietest?.seconds[2]).toBeLessThan(outlook.quietest?.seconds[2] ?? 0);
  });

  test('a metric of the same name that counts another event is another metric', () => {
    expect(needsOf(yaml(PAGE_WHEN_DEFAULT), running({ event: 'user.left' }), new Map())[0]).toMatchObject({ from: null, now: null });
  });

  test('recorded counts come before what runs', () => {
    const recorded = { file: 'a.csv', outlook: { ...outlook, now: speed(5) }, days: 2, warmingDays: 0, pages: [], more: 0, notes: [] };
    expect(needsOf(yaml(PAGE_WHEN_DEFAULT), running(), new Map([['signups', recorded]]))[0]).toMatchObject({
      from: 'csv',
      now: { rate: 5 },
    });
  });
});

test('an hour in which next to nothing is counted is not called zero, and days are told as people do', () => {
  expect([showQuiet(0), showQuiet(0.31)]).toEqual(['<0.03/s', '0.31/s']);
  expect([9, 1, 1.54, 29.9, 0.25].map(showDays)).toEqual(['9 days', '1 day', '1.5 days', '30 days', '6\u00a0h']);
});

test('of a sum it is told how many events it is as sure as, and no more is asked of it than of those', () => {
  const like = speed(3.1);
  const revenue = { name: 'revenue', unit: 109, now: { ...like, rate: 3.1 * 109 } };
  const [about, ...others] = texts(revenue);
  expect(about).toBe(
    'revenue: like 3.1 events/s now, because single values differ (110 of it is as sure as one event). ' +
      'A metric that counts the same events is sure sooner: watch both.',
  );
  expect(others.map((text) => text.replace('revenue', 'signups').replace('338/s', '3.1/s'))).toEqual(texts({ now: like }));
});
