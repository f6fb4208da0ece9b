/** Detectors that stand where a metric stands that has had a week of it. */
import { expect, test } from 'vitest';
import type { RuleTest } from '../../../detectors/backtest/rule-test.ts';
import { parseSeries, type Series } from '../../../detectors/backtest/series.ts';
import { WarmStarts } from '../../../detectors/backtest/warm-start.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';

const TUESDAY = Date.UTC(2026, 0, 13) / 1000;
const HOUR = 3600;
const watched = { pageWhen: PAGE_WHEN_DEFAULT };
const swinging = { rate: 100, day: 'swinging', swing: 0.6, weekend: 1, closedTo: 0 } as const;

function asked(changes: Partial<RuleTest> & { series?: string } = {}): RuleTest {
  const { series = '100x60', ...others } = changes;
  return {
    ...{ name: 'a test', metric: null, watched, seriesOf: () => parseSeries(series) as Series, seconds: 60, start: TUESDAY + 14 * HOUR },
    ...{ usual: null, offsetSeconds: 0, noise: { dispersion: 1 }, seed: 1, times: 1, passes: 1, expected: [] },
    before: { isCold: false, historyDays: 7, livedSeconds: 86_400 },
    ...others,
  };
}

test('whoever goes on from what another lived stands exactly where it would have come by itself', () => {
  const starts = new WarmStarts();
  starts.detector(asked({ usual: swinging, start: TUESDAY + 10 * HOUR + 17 }));
  const goneOn = starts.detector(asked({ usual: swinging, start: TUESDAY + 13 * HOUR + 123 }));
  const alone = new WarmStarts().detector(asked({ usual: swinging, start: TUESDAY + 13 * HOUR + 123 }));
  expect(goneOn.save()).toEqual(alone.save());
});

test('an earlier start is not disturbed by a later one that was lived before', () => {
  const starts = new WarmStarts();
  starts.detector(asked({ usual: swinging, start: TUESDAY + 13 * HOUR }));
  const earlier = starts.detector(asked({ usual: swinging, start: TUESDAY + 10 * HOUR }));
  expect(earlier.save()).toEqual(new WarmStarts().detector(asked({ usual: swinging, start: TUESDAY + 10 * HOUR })).save());
});

test('what one test does with its detector is not seen by the next', () => {
  const starts = new WarmStarts();
  const before = starts.detector(asked()).save();
  const detector = starts.detector(asked());
  for (let at = 0; at < 30; at++) detector.next({ second: TUESDAY + 14 * HOUR + at, n: 0, share: 1 });
  expect(starts.detector(asked()).save()).toEqual(before);
});

test('it is warm at its first level and has learned the noise of it', () => {
  const detector = new WarmStarts().detector(asked({ series: '100x60 0x60' }));
  const finding = detector.next({ second: TUESDAY + 14 * HOUR, n: 100, share: 1 });
  expect(finding.state).toBe('normal');
  expect(finding.hour).toBeGreaterThan(95);
  expect(finding.hour).toBeLessThan(105);
  expect(finding.day).toBeGreaterThan(95);
  expect(detector.outlook().isNoiseKnown).toBe(true);
});

test('what repeats is warm with its rhythm', () => {
  const detector = new WarmStarts().detector(asked({ series: '(500 0x9)x60' }));
  const finding = detector.next({ second: TUESDAY + 14 * HOUR, n: 500, share: 1 });
  expect(finding).toMatchObject({ state: 'normal', isDown: false });
  expect(finding.hour).toBeGreaterThan(45);
  expect(finding.hour).toBeLessThan(55);
});

test('a cold one knows nothing', () => {
  const before = { isCold: true, historyDays: 7, livedSeconds: 86_400 };
  const finding = new WarmStarts().detector(asked({ before })).next({ second: TUESDAY + 14 * HOUR, n: 100, share: 1 });
  expect(finding).toMatchObject({ state: 'warming', hour: null, day: null, warmSeconds: 0 });
});
