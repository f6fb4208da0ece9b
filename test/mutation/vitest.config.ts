/** The tests of detectors/ that every mutant is run against: what takes seconds is left to `npm test`. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The first failure ends a mutant's run, and the smallest file that knows the code is mostly the quickest to see it. */
class SmallestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const size = ({ moduleId }: TestSpecification): number => statSync(moduleId).size;
    return files.toSorted((a, b) => size(a) - size(b));
  }
}

export default defineConfig({
  root: source(''),
  resolve: {
    alias: [
      { find: /^@plummet\/sdk$/, replacement: source('sdk/src/index.ts') },
      { find: /^@plummet\/sdk\/(.+)$/, replacement: source('sdk/src/$1.ts') },
    ],
  },
  test: {
    include: ['test/detectors/**/*.test.ts'],
    // A mutant that survives costs the time of all its tests: no file of more than some 2 s, nor the bench's rows.
    exclude: [
      'test/detectors/judgement/**',
      'test/detectors/{outages,count-faults}.test.ts',
      'test/detectors/{detect,warm}.test.ts',
      'test/detectors/backtest/{explain,replay}.test.ts',
      'test/detectors/rules/**',
      'test/detectors/steep-drop/{must-page,must-not-page,properties,delay,steep-drop.contract}.test.ts',
    ],
    sequence: { sequencer: SmallestFirst },
    // Counting who covers what makes tight loops twenty times slower.
    testTimeout: 120_000,
  },
});
