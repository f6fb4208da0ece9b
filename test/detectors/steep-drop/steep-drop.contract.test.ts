/** The steep-drop detector keeps what every detector promises, in each of its states. */
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { detectorContract } from '../../contracts/detector.ts';
import { daily, falls, type Noise, type Shape, steady, Traffic } from '../../support/traffic.ts';
import { MONDAY, PAGE_WHEN } from './world.ts';

const SECONDS = 10_000;

interface Made {
  readonly shape: Shape;
  readonly noise?: Noise;
  readonly share?: (second: number) => number;
  readonly missing?: (second: number) => boolean;
}

const made =
  (seed: number, { shape, noise, share = () => 1, missing = () => false }: Made) =>
  () => {
    const traffic = new Traffic(seed, noise);
    return Array.from({ length: SECONDS }, (_, second) => {
      const readable = share(second);
      return { second: MONDAY + second, n: traffic.count(shape(second) * readable), share: readable };
    }).filter(({ second }) => !missing(second - MONDAY));
  };

const within = (second: number, from: number, to: number): boolean => second >= from && second < to;

detectorContract('steep drop', (saved) => steepDrop(PAGE_WHEN, saved as Parameters<typeof steepDrop>[1]), {
  'from the first second, down, recovered': made(1, { shape: falls(steady(50), { at: 5000, left: 0, lasts: 1200 }) }),
  'a slow metric': made(2, { shape: falls(steady(1), { at: 6000, left: 0, lasts: 1200 }) }),
  'too slow for any window': made(3, { shape: steady(0.02) }),
  'noisy, with the day': made(4, {
    shape: falls(daily(800), { at: 8000, left: 0.3, lasts: 900 }),
    noise: { dispersion: 5, wander: { sigma: 0.1, memorySeconds: 60 } },
  }),
  'in gaps, with a fall inside one and one longer than windows remember': made(5, {
    shape: falls(falls(steady(80), { at: 5010, left: 0.1, lasts: 600 }), { at: 8800, left: 0, lasts: 300 }),
    missing: (second) => within(second, 5000, 5030) || within(second, 7000, 7400) || within(second, 8750, 8790),
  }),
  'partly readable': made(6, {
    shape: falls(steady(100), { at: 7000, left: 0.2, lasts: 600 }),
    share: (second) => [1, 0.75, 0.51][Math.floor(second / 900) % 3] as number,
  }),
  'down, half back, down again': made(7, { shape: falls(falls(steady(100), { at: 4500, left: 0, lasts: 300 }), { at: 4800, left: 0.6 }) }),
  'too many events for narrow sums': made(8, { shape: falls(steady(2.5e6), { at: 6000, left: 0.5, lasts: 300 }) }),
  'sums with fractions': () => {
    const traffic = new Traffic(9);
    return Array.from({ length: SECONDS }, (_, i) => ({ second: MONDAY + i, n: traffic.count(30) * 1.37, share: 1 }));
  },
});
