import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@plummet\/sdk$/, replacement: source('./sdk/src/index.ts') },
      { find: /^@plummet\/sdk\/(.+)$/, replacement: source('./sdk/src/$1.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/parts.ts'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    // More than cores: the long ones wait for real processes most of their time.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
