/** Every real outage is found, soon, and told once: test/detectors/rules/must-page.yaml, and here what no rule test can say. */
import { expect, test } from 'vitest';
import type { Fall } from '../../../detectors/steep-drop/steep-drop.ts';
import { falls, steady, Traffic } from '../../support/traffic.ts';
import { DAY, HOUR, live, MONDAY, warm } from './world.ts';

/** The second Tuesday, 14:00: a week is known. */
const NOON = 8 * DAY + 14 * HOUR;

test('a second fall during a partly recovered incident is told with facts of its own, in the same incident', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = steady(rate);
    const traffic = new Traffic(rate);
    const detector = warm({ traffic, shape: usual, at: NOON });
    const first = falls(usual, { at: NOON + 60, left: 0, lasts: 600 });
    const partly = falls(first, { at: NOON + 660, left: 0.6 });
    const gone = NOON + 660 + 1800;
    const happens = falls(partly, { at: gone, left: 0, lasts: 300 });
    const told = live(detector, { traffic, shape: happens, from: NOON, to: gone });
    expect(told).toHaveLength(1);
    const more = live(detector, { traffic, shape: happens, from: gone, to: gone + 300 });
    expect(more).toHaveLength(1);
    const [{ rateBefore, missing }, second] = [told[0] as Fall, more[0] as Fall];
    expect(second.at - gone).toBeLessThan(rate === 20 ? 12 : 6);
    expect(Math.abs(second.from - gone)).toBeLessThanOrEqual(1);
    // What it was before all this stays what is usual, and the losses count on.
    expect(second.rateBefore).toBe(rateBefore);
    expect(second.missing).toBeGreaterThan(missing + 600 * 0.9 * rate);
    expect(second.derivative).toBeLessThan(-25);
    // Back to the part that was there is not over.
    live(detector, { traffic, shape: partly, from: gone + 300, to: gone + 600 });
    expect(detector.next({ second: MONDAY + gone + 600, n: traffic.count(0.6 * rate), share: 1 }).isDown).toBe(true);
    live(detector, { traffic, shape: usual, from: gone + 601, to: gone + 800 });
    expect(detector.next({ second: MONDAY + gone + 800, n: traffic.count(rate), share: 1 }).isDown).toBe(false);
  }
});
