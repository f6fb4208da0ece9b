import { expect, test } from 'vitest';
import { HistoryPace, POINTS_MAX } from '../../dashboards/routes/history-pace.ts';

const longest = { points: POINTS_MAX, seconds: POINTS_MAX };

/** How often one after the other may ask at this moment. */
function answered(pace: HistoryPace, ask: Parameters<HistoryPace['tooMuch']>[0], nowMs = 0): number {
  for (let n = 0; n < 2000; n++) if (pace.tooMuch(ask, nowMs)) return n;
  return 2000;
}

test('an address has two seconds of its pace at once, and its pace from then on; another one has its own', () => {
  const pace = new HistoryPace();
  const one = { name: null, address: '10.0.0.1', ...longest };
  expect(answered(pace, one)).toBe(30);
  expect(pace.tooMuch(one, 0)).toEqual({ by: 'client', wait: 1 });
  expect(answered(pace, { ...one, address: '10.0.0.2' })).toBe(30);
  expect(answered(pace, one, 1000)).toBe(15);
});

test('whoever has a token has a pace of its own at the same address', () => {
  const pace = new HistoryPace();
  const address = '10.0.0.1';
  expect(answered(pace, { name: 'wall', address, ...longest })).toBe(30);
  expect(answered(pace, { name: 'ana', address, ...longest })).toBe(30);
});

test('all together are bounded as well', () => {
  const pace = new HistoryPace();
  let n = 0;
  for (let client = 0; client < 100; client++) n += answered(pace, { name: null, address: `10.0.0.${client}`, ...longest });
  expect(n).toBe(90);
  expect(pace.tooMuch({ name: null, address: '10.0.1.0', ...longest }, 0)).toEqual({ by: 'everybody', wait: 1 });
});

test('less history costs less, and one point of many seconds as much as what is read for it', () => {
  const client = { name: null, address: '10.0.0.1' };
  expect(answered(new HistoryPace(), { ...client, points: 300, seconds: 300 })).toBe(1080);
  expect(answered(new HistoryPace(), { ...client, points: 1, seconds: 300 * 86_400 })).toBe(30);
});
