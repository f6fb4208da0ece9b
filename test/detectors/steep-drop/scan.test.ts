/** Every window against every reference, and the time since the last event. */
import { expect, test } from 'vitest';
import { Dispersion } from '../../../detectors/steep-drop/dispersion.ts';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';
import { Scan } from '../../../detectors/steep-drop/scan.ts';
import { deviance, sigmasBelow } from '../../../detectors/steep-drop/steepness.ts';

const POISSON = Dispersion.restore({
  quantiles: Array(45).fill(2.7),
  means: Array(45).fill(1),
  rates: Array(45).fill(1),
  learned: Array(45).fill(1e5),
});

function looked(counts: readonly number[], { first = 0, sigmas = 6, dispersion = POISSON } = {}): Scan {
  const [seconds, scan] = [new Seconds(), new Scan()];
  for (const n of counts) {
    seconds.add(n, 1);
    scan.look(seconds, dispersion, first, sigmas);
  }
  return scan;
}

const fallen = (usual: number, left: number, seconds: number): number[] => [...Array(2000).fill(usual), ...Array(seconds).fill(left)];

test('the steepest pair of a total loss of four seconds is those four seconds, against the longest reference', () => {
  const scan = looked(fallen(100, 0, 4));
  expect(scan).toMatchObject({ window: 4, drop: 1 });
  expect(scan.steepest).toBeCloseTo(sigmasBelow(deviance(0, 30_000, 4 / 304), 1), 9);
});

test('half lost is told as half', () => {
  expect(looked(fallen(100, 50, 8))).toMatchObject({ window: 8, drop: 0.5 });
});

test('the time since the last event is a window of its own, between two of the list', () => {
  const scan = looked(fallen(1, 0, 20));
  expect(scan).toMatchObject({ window: 20, zeros: 20, drop: 1 });
  expect(scan.steepest).toBeCloseTo(sigmasBelow(deviance(0, 300, 20 / 320), 1), 9);
  expect(looked([...fallen(1, 0, 20), 1]).zeros).toBe(0);
});

test('the noise of that window is the larger of its two neighbours', () => {
  const noisy = (pair: number): Dispersion => {
    const means = Array(45).fill(1);
    // Windows of 16 and 24 s with the longest reference.
    means[pair] = 4;
    return Dispersion.restore({ ...POISSON.save(), means });
  };
  const steepestOf = (dispersion: Dispersion): number | undefined =>
    looked(fallen(1, 0, 20), { dispersion, sigmas: 1 }).sure.find(
      ({ window, steepness }) => window === 20 && steepness < -1 && steepness > -4,
    )?.steepness;
  const halved = sigmasBelow(deviance(0, 300, 20 / 320), 4);
  expect(steepestOf(noisy(7 * 3 + 2))).toBeCloseTo(halved, 9);
  expect(steepestOf(noisy(8 * 3 + 2))).toBeCloseTo(halved, 9);
});

test('seconds that cannot be compared are part of no pair', () => {
  expect(looked(fallen(100, 0, 4), { first: 2000 })).toMatchObject({ steepest: 0, window: 0, sure: [] });
  expect(looked(fallen(100, 0, 4), { first: 1996 }).steepest).toBeLessThan(-6);
});

test('only pairs as steep as asked for are sure, and a rise is never one', () => {
  const { sure } = looked(fallen(100, 0, 2), { sigmas: 12 });
  expect(sure.length).toBeGreaterThan(0);
  for (const { steepness } of sure) expect(steepness).toBeLessThanOrEqual(-12);
  expect(looked(fallen(100, 500, 4))).toMatchObject({ steepest: 0, drop: 0, sure: [] });
});

test('counts that are all alike fall below nothing and teach nothing, however shares round', () => {
  const [seconds, scan, dispersion] = [new Seconds(), new Scan(), new Dispersion()];
  for (let at = 0; at < 3000; at++) {
    seconds.add(7, 1);
    scan.look(seconds, dispersion, 0, 6);
    scan.teach(dispersion);
  }
  expect(scan.steepest).toBe(0);
  expect(dispersion.save()).toEqual(new Dispersion().save());
});

test('one count that differs ends that, for as long as some window reaches back to it', () => {
  const taught = (counts: readonly number[], share = 1): number => {
    const [seconds, scan, dispersion] = [new Seconds(), new Scan(), new Dispersion()];
    for (const n of counts) seconds.add(n, 1);
    seconds.add(counts.at(-1) as number, share);
    scan.look(seconds, dispersion, 0, 6);
    scan.teach(dispersion);
    return dispersion.save().learned.filter((known) => known > 0).length;
  };
  expect(taught([...Array(2000).fill(7), 9, ...Array(500).fill(7)])).toBeGreaterThan(0);
  expect(taught([9, ...Array(2559).fill(7)])).toBe(0);
  expect(taught(Array(2560).fill(7), 0.5)).toBe(0);
});
