/** The version that package.json states. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder, whether this file runs from the sources or from dist/. */
export const packageFolder: string = findPackage(dirname(fileURLToPath(import.meta.url)));

export const version: string = (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }).version;

function findPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return folder;
  return findPackage(dirname(folder));
}
