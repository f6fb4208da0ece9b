/** Lives by their seeds, some in one test: a test file takes every second one, so that two workers share them. */
import { expect, test } from 'vitest';
import { live } from './life.ts';

const NIGHTLY = process.env.PLUMMET_NIGHTLY !== undefined;
const LIVES = NIGHTLY ? 10_000 : 160;
const IN_ONE_TEST = 10;
/** They promise no time: it only ends what hangs. A life takes half a second of an idle core. */
const DEADLINE_MS = 300_000;

/** @param share  0 or 1: the lives of even or odd seeds */
export function testLives(share: 0 | 1): void {
  const seeds = Array.from({ length: LIVES / 2 }, (_, i) => 2 * i + 1 + share);
  for (let i = 0; i < seeds.length; i += IN_ONE_TEST) {
    const some = seeds.slice(i, i + IN_ONE_TEST);
    const what = 'every event is counted once, a fall is one incident and one page, and nothing else pages';
    test(`lives ${some[0]} to ${some.at(-1)}: ${what}`, () => liveThrough(some), DEADLINE_MS);
  }
}

async function liveThrough(seeds: readonly number[]): Promise<void> {
  const wrong: string[] = [];
  for (const seed of seeds) {
    const life = await live(seed);
    if (life.wrong.length > 0) wrong.push(life.story);
  }
  expect(wrong.join('\n\n')).toBe('');
}
