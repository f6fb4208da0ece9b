/** The slow-slide detector keeps what every detector promises. */
import { type SavedSlowSlide, slowSlide } from '../../../detectors/slow-slide/slow-slide.ts';
import { detectorContract } from '../../contracts/detector.ts';
import { daily, Traffic } from '../../support/traffic.ts';

const SECONDS = 10_000;
const START = 1_767_571_200;

const made = (seed: number, share: (second: number) => number, isMissing: (second: number) => boolean) => () => {
  const traffic = new Traffic(seed);
  const rate = daily(40);
  return Array.from({ length: SECONDS }, (_, i) => ({ second: START + i, n: traffic.count(rate(i) * share(i)), share: share(i) })).filter(
    ({ second }) => !isMissing(second - START),
  );
};

detectorContract('slow slide', (saved) => slowSlide({ laterSeconds: 77 }, saved as SavedSlowSlide | undefined), {
  'every second': made(
    1,
    () => 1,
    () => false,
  ),
  'partly readable, in gaps': made(
    2,
    (second) => (second > 5000 ? 0.6 : 1),
    (second) => (second > 2000 && second < 4500) || second % 97 === 0,
  ),
});
