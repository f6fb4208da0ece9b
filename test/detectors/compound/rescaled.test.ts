/** A detector told in another unit judges as before. */
import { expect, test } from 'vitest';
import { rescaled } from '../../../detectors/compound/rescaled.ts';
import { type SavedSteepDrop, steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../support/traffic.ts';
import { HOUR, MONDAY, PAGE_WHEN } from '../steep-drop/world.ts';

const FACTOR = 4;

/** Noise of 9 times chance, so that a fourth of it is no less than chance either. */
function lived(): { detector: ReturnType<typeof steepDrop>; traffic: Traffic } {
  const traffic = new Traffic(11, { dispersion: 9 });
  const detector = steepDrop(PAGE_WHEN);
  for (let second = 0; second < 6 * HOUR; second++) detector.next({ second: MONDAY + second, n: traffic.count(400), share: 1 });
  return { detector, traffic };
}

const copyOf = (saved: SavedSteepDrop): SavedSteepDrop => JSON.parse(JSON.stringify(saved)) as SavedSteepDrop;

test('it finds the same fall in the same second, as deep and as steep, with rates that many times larger', () => {
  const { detector, traffic } = lived();
  const larger = steepDrop(PAGE_WHEN, rescaled(copyOf(detector.save()), FACTOR));
  const facts: string[] = [];
  for (let second = 6 * HOUR; second < 7 * HOUR; second++) {
    const n = traffic.count(second < 6.5 * HOUR ? 400 : 150);
    const small = detector.next({ second: MONDAY + second, n, share: 1 });
    const large = larger.next({ second: MONDAY + second, n: FACTOR * n, share: 1 });
    expect(large.state).toBe(small.state);
    expect(large.rate).toBeCloseTo(FACTOR * small.rate, 1);
    expect(large.hour ?? 0).toBeCloseTo(FACTOR * (small.hour ?? 0), 1);
    // Below a squared distance of 6 no steepness is worked out, and that is reached sooner by larger counts.
    if (small.steepness <= -4) expect(large.steepness).toBeCloseTo(small.steepness, 2);
    if (small.fall?.at === MONDAY + second) facts.push(`${second}`);
    expect(large.fall?.at).toBe(small.fall?.at);
    expect(large.fall?.missing ?? 0).toBeCloseTo(FACTOR * (small.fall?.missing ?? 0), 0);
  }
  expect(facts).toHaveLength(1);
});

test('there and back again leaves everything as it was', () => {
  const saved = copyOf(lived().detector.save());
  expect(copyOf(rescaled(rescaled(saved, FACTOR), 1 / FACTOR))).toEqual(saved);
});
