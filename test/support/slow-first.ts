/** The order of test files: the longest first, those that wait beside those that compute, so that no worker is left with one at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Beginnings of names below test/. Of two neighbours one waits for real processes, the other fills a core. */
const SLOW = [
  'journeys/two-of-everything',
  'simulation/lives-even',
  'chaos/chaos',
  'detectors/judgement/falls',
  'faults/restarted-mid-outage',
  'simulation/lives-odd',
  'platform/eventlog/kafka/three-brokers',
  'detectors/judgement/healthy',
  'journeys/',
  'faults/',
];

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted
      .map((file) => ({ file, place: placeOf(file.moduleId) }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ file }) => file);
  }
}

function placeOf(path: string): number {
  const name = path.slice(path.lastIndexOf('/test/') + '/test/'.length);
  const place = SLOW.findIndex((beginning) => name.startsWith(beginning));
  return place === -1 ? SLOW.length : place;
}
