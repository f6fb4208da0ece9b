/**
 * Writes typebox beside the built code as a few files: loading its seven hundred was a third of what every command took to start. Node.js
 * finds these before those of the installation, and goes by those where these are missing.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../dist/node_modules/typebox/', import.meta.url));
const ENTRIES = { index: 'typebox', compile: 'typebox/compile', system: 'typebox/system' };

// The names of what they share change with what is in it.
rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: ENTRIES,
  outdir: folder,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});
const exports = { '.': './index.js', './compile': './compile.js', './system': './system.js' };
writeFileSync(`${folder}package.json`, `${JSON.stringify({ name: 'typebox', type: 'module', exports }, null, 2)}\n`);
