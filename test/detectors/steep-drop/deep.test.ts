/** Is it deep: below just before, the hour and the day, each surely. */
import { expect, test } from 'vitest';
import { deep } from '../../../detectors/steep-drop/deep.ts';
import { poissonDeviance } from '../../../detectors/steep-drop/steepness.ts';

const DROP = 0.4;
const DEVIANCE_MIN = 14;
/** Ten seconds at so many events/s, of a usual 100. */
const at = (rate: number) => ({ recent: 10 * rate, exposure: 10, usual: 100 });
const unknown = { hour: null, day: null };

test('exactly the share lost is deep enough, one event more is not', () => {
  expect(deep(at(60), unknown, DROP, 1)).toMatchObject({ holds: true, drop: 0.4, hour: null, day: null });
  expect(deep(at(60.1), unknown, DROP, 1).holds).toBe(false);
});

test('what is not known hides nothing', () => {
  expect(deep(at(30), { hour: 100, day: null }, DROP, 1).holds).toBe(true);
  expect(deep(at(30), { hour: null, day: 100 }, DROP, 1).holds).toBe(true);
});

test('the end of a sale is deep below just before, but not below the hour or the day', () => {
  const end = { recent: 1000, exposure: 10, usual: 500 };
  expect(deep(end, { hour: 100, day: 100 }, DROP, 1)).toMatchObject({ holds: false, hour: 0, day: 0 });
  expect(deep(end, { hour: 500, day: 100 }, DROP, 1)).toMatchObject({ holds: false, day: 0 });
  expect(deep(end, { hour: 100, day: 500 }, DROP, 1)).toMatchObject({ holds: false, hour: 0 });
  expect(deep(end, { hour: 500, day: 500 }, DROP, 1).holds).toBe(true);
});

test('below each normal by 3.7 sigma of half the depth, in the noise of the metric', () => {
  const few = { recent: 5, exposure: 1, usual: 30 };
  const deviance = poissonDeviance(5, 0.8 * 30);
  expect(deviance).toBeGreaterThan(DEVIANCE_MIN);
  expect(deep(few, { hour: 30, day: null }, DROP, 1)).toMatchObject({ holds: true, hour: deviance });
  expect(deep(few, { hour: 30, day: null }, DROP, deviance / DEVIANCE_MIN).holds).toBe(true);
  expect(deep(few, { hour: 30, day: null }, DROP, (1.01 * deviance) / DEVIANCE_MIN).holds).toBe(false);
});

test('by five sigma where just before was twice that normal: a sale or a closing falls so far by itself', () => {
  const holds = (recent: number, usual: number): boolean => deep({ recent, exposure: 1, usual }, { hour: null, day: 30 }, DROP, 1).holds;
  expect([poissonDeviance(5, 24), poissonDeviance(4, 24)].map((deviance) => deviance >= 25)).toEqual([false, true]);
  expect([holds(5, 60), holds(5, 61), holds(4, 61)]).toEqual([true, false, true]);
});

test('nothing falls below a normal of nothing', () => {
  expect(deep({ recent: 0, exposure: 10, usual: 100 }, { hour: 100, day: 0 }, DROP, 1)).toMatchObject({ holds: false, day: 0 });
  expect(deep({ recent: 0, exposure: 10, usual: 0 }, unknown, DROP, 1).drop).toBe(0);
});

test('a larger drop is never easier', () => {
  for (const rate of [0, 10, 20, 30, 40, 50, 60]) {
    const holds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9].map((drop) => deep(at(rate), { hour: 100, day: 90 }, drop, 1).holds);
    expect(holds).toEqual([...holds].sort((a, b) => Number(b) - Number(a)));
  }
});
