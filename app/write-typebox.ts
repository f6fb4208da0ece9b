/**
 * Writes typebox beside the built code as three files: its seven hundred take three times as long to load as all of Plummet, at every
 * command. Node.js finds these before those of the installation, and goes by those where these are missing.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../dist/node_modules/typebox/', import.meta.url));
const ENTRIES = { index: 'typebox', compile: 'typebox/compile', system: 'typebox/system' };

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
