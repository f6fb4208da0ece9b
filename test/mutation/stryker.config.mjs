/** Mutation testing of detectors/: each mutant is one small change of the code that some test must notice. */
export default {
  mutate: ['detectors/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  thresholds: { high: 90, low: 80, break: 80 },
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: 'test-output/mutation/report.json' },
  htmlReporter: { fileName: 'test-output/mutation/report.html' },
  incrementalFile: 'test-output/mutation/incremental.json',
  tempDirName: 'test-output/mutation/tmp',
  cleanTempDir: 'always',
  // What runs once when a file is loaded is covered by every test, and every test would be run for it.
  ignoreStatic: true,
  // Stryker rewrites the tsconfig it finds by an interface that TypeScript 7 no longer has; vitest needs none.
  ignorePatterns: ['dist', 'test-output', 'docs', 'tsconfig*.json'],
  concurrency: 2,
  // Counting who covers what makes the first run twenty times as long.
  dryRunTimeoutMinutes: 20,
};
