/** The dashboard's pages, built for one test run into a folder of its own. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT } from './sources.ts';

/** @param folder  where the pages go; emptied first */
export function buildWeb(folder: string): void {
  const web = join(ROOT, 'dashboards/web');
  const vite = dirname(createRequire(join(web, 'package.json')).resolve('vite/package.json'));
  const args = [join(vite, 'bin/vite.js'), 'build', '--logLevel', 'error', '--outDir', folder, '--emptyOutDir'];
  execFileSync(process.execPath, args, { cwd: web, stdio: ['ignore', 'inherit', 'inherit'] });
}
