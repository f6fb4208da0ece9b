import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** As the built code loads it: for the seven hundred files of the other one each test file would wait anew. */
const typebox = source('./dist/node_modules/typebox');
const builtTypebox = [
  { find: /^typebox$/, replacement: `${typebox}/index.js` },
  { find: /^typebox\/(compile|system)$/, replacement: `${typebox}/$1.js` },
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@plummet\/sdk$/, replacement: source('./sdk/src/index.ts') },
      { find: /^@plummet\/sdk\/(.+)$/, replacement: source('./sdk/src/$1.ts') },
      ...(existsSync(typebox) ? builtTypebox : []),
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/parts.ts'],
    // What promises no time is only ended where it hangs: a busy machine takes ten times as long as an idle one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than cores: the long ones wait for real processes most of their time.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
