/** The project's own files, as git knows them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Tracked and new files whose path matches, without what git ignores. */
export function sources(pattern: RegExp): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => pattern.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }];
      } catch {
        return [];
      }
    });
}

/** Paths that a source imports, type imports included, relative ones resolved from the root. */
export function importsOf({ path, text }: Source): string[] {
  const found = [
    ...text.matchAll(/^(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gms),
  ];
  const folder = path.split('/').slice(0, -1);
  return found.map((match) => {
    const target = (match[1] ?? match[2] ?? match[3]) as string;
    if (!target.startsWith('.')) return target;
    const parts = [...folder];
    for (const part of target.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    return parts.join('/');
  });
}
