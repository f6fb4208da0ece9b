import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FallScene, fallPicture } from '../../../platform/charts/fall.ts';
import { figureOf } from '../../../platform/charts/fall-figure.ts';
import { FELL, fallen, withGap } from './made-up-fall.ts';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const wordsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words]) => plain(words as string));
const unescaped = (text: string): string => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => ENTITIES[name as string] as string);
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

describe('what it says', () => {
  test('the fall, in the words of every other message', () => {
    const svg = fallPicture(fallen({ day: 109 }));
    expect(wordsOf(svg)).toContain('orders fell 62% in 4 s: 118/s to 45/s');
    expect(wordsOf(svg)).toContain('since 14:03:04 UTC, Fri 20 Nov 2026');
    expect(wordsOf(svg)).toContain('−8.7 σ, pages at −6');
    expect(wordsOf(svg)).toEqual(expect.arrayContaining(['−15.5 %/s', '45/s', 'usual 118/s', 'last hour 114/s', 'this time of day 109/s']));
  });

  test('its name and description to who cannot see it', () => {
    const svg = plain(fallPicture(fallen()));
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>orders fell 62% in 4 s: 118/s to 45/s</title>');
    expect(/<desc>([^<]*)<\/desc>/.exec(svg)?.[1]).toContain('Usual is 118/s, the last hour&#39;s 114/s.');
  });

  test('times by the clock of the zone that is asked for', () => {
    expect(wordsOf(fallPicture(fallen({ timeZone: 'Asia/Kolkata' })))).toContain('since 19:33:04 GMT+5:30, Fri 20 Nov 2026');
  });

  test('nothing of a normal that is not known', () => {
    const words = wordsOf(fallPicture(fallen({ hour: null }))).join(' ');
    expect(words).not.toMatch(/hour|day/);
  });

  test('a normal far above is told without flattening the fall', () => {
    const words = wordsOf(fallPicture(fallen({ day: 1200 })));
    expect(words).toContain('this time of day 1,200/s (above)');
    expect(words).toContain('180');
  });

  test('the derivative that pages is a line, or none', () => {
    expect(wordsOf(fallPicture(fallen()))).toContain('−3');
    expect(wordsOf(fallPicture(fallen({ derivativeThreshold: -4 })))).toContain('−4');
    expect(wordsOf(fallPicture(fallen({ derivativeThreshold: null })))).not.toContain('−3');
  });

  test('where the minutes go on after the page, that they are around it', () => {
    expect(wordsOf(fallPicture(fallen()))).toEqual(expect.arrayContaining(['Events/s, last 10 minutes', 'Last minute, each second']));
    const later = wordsOf(fallPicture(fallen({ afterSeconds: 120 })));
    expect(later).toEqual(expect.arrayContaining(['Events/s, 10 minutes around it', 'The minute around it']));
  });
});

describe('names', () => {
  test('cannot break out of the picture', () => {
    const name = `<script>alert("1")</script> & 'orders'`;
    const svg = fallPicture(fallen({ name }));
    expect(svg).not.toContain('<script');
    expect(unescaped(/<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? '')).toContain(name);
  });

  test('that are very long are shortened, and the numbers stay', () => {
    const name = 'checkout of the very long shop '.repeat(8);
    const [title] = wordsOf(fallPicture(fallen({ name, usual: 1_000_000, counts: [] })));
    expect(title).toMatch(/^checkout .*… fell 62% in 4 s: 1,000,000\/s to 380,000\/s$/);
    expect(title?.length).toBeLessThan(70);
  });

  test('with signs that no XML may hold are left readable', () => {
    const svg = fallPicture(fallen({ name: 'or\u0000de\u0007rs \ud800\u202e' }));
    expect(wordsOf(svg)).toContain('orders fell 62% in 4 s: 118/s to 45/s');
  });
});

describe('no data', () => {
  const strokesOf = (svg: string, colour: string, width: number): string =>
    [...svg.matchAll(/<path d="([^"]*)"[^>]*>/g)]
      .filter(([path]) => path.includes(`stroke="${colour}"`) && path.includes(`stroke-width="${width}"`))
      .map(([, d]) => d)
      .join(' ');

  test('within is hatched, its length is told, and no line is drawn through it', () => {
    const whole = fallPicture(fallen());
    const svg = fallPicture(withGap(fallen(), -40, -20));
    expect(wordsOf(svg)).toContain('no data for 20 s');
    expect(svg.match(/fill="#984172"/g)?.length).toBeGreaterThan(whole.match(/fill="#984172"/g)?.length ?? 0);
    const breaks = (picture: string): number => strokesOf(picture, '#0072b2', 2).split('M').length;
    expect(breaks(svg)).toBe(breaks(whole) + 2);
  });

  test('is in no list a zero', () => {
    const figure = figureOf(withGap(fallen(), -40, -20));
    const at = FELL - 30 - figure.start;
    for (const list of [figure.raw, figure.calm, figure.fallen, figure.slopes]) expect(list[at]).toBeNull();
    expect(figure.raw[at + 15]).not.toBeNull();
  });

  test('before the first second is blank and no gap', () => {
    const svg = fallPicture(fallen({ beforeSeconds: 5 }));
    expect(wordsOf(svg)).toContain('no data yet');
    expect(wordsOf(svg).join(' ')).not.toContain('no data for');
  });

  test('at all still makes a picture with the facts', () => {
    const svg = fallPicture(fallen({ counts: [] }));
    expect(wordsOf(svg)).toContain('orders fell 62% in 4 s: 118/s to 45/s');
  });

  test('a true zero is drawn', () => {
    const figure = figureOf(fallen({ left: 0, rampSeconds: 1, usual: 100 }));
    expect(figure.fallen.at(-1)).toBe(0);
    expect(figure.raw.at(-1)).toBe(0);
  });
});

describe('the fall', () => {
  test('begins on the calm line and ends where the words say', () => {
    const figure = figureOf(fallen());
    const { fellAt } = figure;
    expect(figure.fallen[fellAt - 1]).toBe(figure.calm[fellAt - 1]);
    expect(figure.fallen.at(-1)).toBeCloseTo(118 * 0.38);
    expect(figure.calm.slice(fellAt).every((value) => value === null)).toBe(true);
  });

  test('its derivative stands over its own seconds, and is not smeared over others', () => {
    const { slopes, fellAt, downAt } = figureOf(fallen());
    expect(slopes.slice(fellAt, downAt)).toEqual(Array(4).fill(-15.5));
    expect(slopes.slice(0, fellAt).every((slope) => slope === null || slope > -3)).toBe(true);
  });

  test('goes on after the page at what is left, without the seconds before it', () => {
    const scene = fallen({ usual: 10, left: 0.55, rampSeconds: 1, waitSeconds: 9, afterSeconds: 3 });
    const counts = scene.counts.map((_, i) => (scene.start + i < FELL ? 10 : 5.5));
    expect(figureOf({ ...scene, counts }).fallen.at(-1)).toBeCloseTo(5.5);
  });

  test('ends where the rate is back', () => {
    const scene = fallen({ afterSeconds: 60 });
    const counts = scene.counts.map((count, i) => (scene.start + i > scene.at + 30 ? 118 : count));
    const figure = figureOf({ ...scene, counts });
    expect(figure.fallen.at(-1)).toBeNull();
    expect(figure.calm.at(-1)).toBeCloseTo(118);
    expect(figure.fallen[scene.at + 20 - figure.start]).not.toBeNull();
  });

  test('of a slow metric is shown by its events, in as many minutes as it took', () => {
    const scene = fallen({ usual: 0.5, left: 0, rampSeconds: 1, waitSeconds: 62 });
    expect(figureOf(scene).slow).toBe(true);
    expect(wordsOf(fallPicture(scene))).toContain('Last 2 minutes, each second');
  });
});

test('marks are round and few, at any rate', () => {
  const topOf: Record<number, string[]> = {
    0.05: ['0', '0.04', '0.08', '0.12'],
    0.5: ['0', '0.25', '0.5', '0.75'],
    100: ['0', '50', '100', '150'],
    20000: ['0', '10k', '20k', '30k'],
    1000000: ['0', '500k', '1M', '1.5M'],
  };
  for (const [rate, marks] of Object.entries(topOf)) {
    const usual = Number(rate);
    // Where the minute goes on, what is left is not told among the marks.
    const words = wordsOf(fallPicture(fallen({ usual, hour: null, afterSeconds: 30, counts: Array(800).fill(usual) })));
    for (const mark of marks) expect(words, `${rate}: ${words.join(' | ')}`).toContain(mark);
  }
});

test('the same scene is the same text', () => {
  expect(fallPicture(fallen())).toBe(fallPicture(fallen()));
});

const rate = fc.double({ min: 0.01, max: 2e6, noNaN: true });
const anyScene: fc.Arbitrary<FallScene> = fc
  .record({
    name: fc.string({ unit: 'binary', maxLength: 60 }),
    usual: fc.oneof(rate, fc.constant(0)),
    rateAfter: fc.oneof(rate, fc.constant(0)),
    drop: fc.double({ min: 0, max: 1, noNaN: true }),
    derivative: fc.oneof(fc.double({ min: -100, max: 0, noNaN: true }), fc.constant(0)),
    before: fc.integer({ min: -20, max: 800 }),
    wait: fc.integer({ min: 0, max: 500 }),
    counts: fc.array(fc.option(fc.double({ min: 0, max: 3e6 })), { maxLength: 60 }),
    hour: fc.option(rate),
    day: fc.option(rate),
    isLive: fc.boolean(),
    isBare: fc.boolean(),
    /** Seconds of the beginning that nobody kept. */
    forgotten: fc.nat(1000),
  })
  .map(({ before, wait, forgotten, counts, ...rest }) => {
    const kept = { counts: counts.slice(forgotten), start: FELL - before + forgotten };
    return { ...rest, ...kept, from: FELL, at: FELL + wait, steepness: -8, threshold: -6 };
  });

test('whatever the scene, no place is without a number and no label leaves the picture', () => {
  fc.assert(
    fc.property(anyScene, (scene) => {
      const svg = fallPicture(scene);
      expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
      for (const [, x, y] of svg.matchAll(/<text x="([^"]+)" y="([^"]+)"/g)) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThan(536);
        expect(Number(y)).toBeGreaterThan(0);
        expect(Number(y)).toBeLessThan(330);
      }
    }),
    { numRuns: 150, seed: 11 },
  );
});

const clockOf = (svg: string): string[] => [...svg.matchAll(/>(\d\d:\d\d)</g)].map((match) => match[1] as string);

test('beside its sentence it says whose rate it is, and not the sentence again', () => {
  const svg = fallPicture(fallen({ isBare: true, name: 'orders of the shop' }));
  expect(svg).toContain('>Orders of the shop/s, last 10 minutes<');
  expect(svg).not.toContain('fell 62% in 4\u00a0s: 118/s to 45/s</text>');
  expect(fallPicture(fallen())).toContain('fell 62% in 4\u00a0s: 118/s to 45/s</text>');
  expect(svg).toContain('viewBox="0 54 536 276"');
  expect(fallPicture(fallen({ isBare: true, name: 'a name that is much too long for a caption' }))).toMatch(
    />A name that is[^<]*…\/s, last 10 minutes</,
  );
});

test('while it lasts the ten minutes end with the newest second, and the fall has its minute beside them', () => {
  const scene = fallen({ isLive: true, beforeSeconds: 60, afterSeconds: 500 });
  expect(clockOf(fallPicture(scene)).slice(0, 5)).toContain('14:10');
  expect(clockOf(fallPicture({ ...scene, isLive: false })).slice(0, 5)).not.toContain('14:10');
  expect(fallPicture(scene)).toContain('>The minute around it<');
});

test('a fall before the ten minutes is not drawn into them: the newest minute stands beside', () => {
  const scene = fallen({ isLive: true, beforeSeconds: 60, afterSeconds: 7200 });
  const kept = { ...scene, start: scene.start + scene.counts.length - 660, counts: scene.counts.slice(-660) };
  const svg = fallPicture(kept);
  expect(svg).toContain('>Last minute, each second<');
  expect(svg).not.toContain('>−15.5');
  expect(svg).not.toContain('<circle');
});
