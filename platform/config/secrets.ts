/** `${NAME}` and `file:path` in values, read when the configuration is; a secret is never printed. */
import type { Problem } from './problem.ts';

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @throws where the file cannot be read */
  readonly readFile: (path: string) => string;
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Whether a text at that path of the tree is a reference, or holds one: what it is worth shows only when it is resolved. */
export function isReference(value: unknown, path: readonly string[]): boolean {
  const found = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[key], value);
  return typeof found === 'string' && (found.startsWith('file:') || found.search(REFERENCE) >= 0);
}

/** Replaces references in every text of the tree; what cannot be read is a problem naming the variable or file. */
export function resolveSecrets(value: unknown, sources: SecretSources, problems: Problem[], path: string[] = []): unknown {
  if (typeof value === 'string') return resolveText(value, sources, problems, path);
  if (Array.isArray(value)) return value.map((item, i) => resolveSecrets(item, sources, problems, [...path, String(i)]));
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [key, resolveSecrets(item, sources, problems, [...path, key])]);
    return Object.fromEntries(entries);
  }
  return value;
}

function resolveText(text: string, { env, readFile }: SecretSources, problems: Problem[], path: string[]): string {
  if (text.startsWith('file:')) {
    try {
      return readFile(text.slice('file:'.length)).trim();
    } catch {
      const file = text.slice('file:'.length);
      problems.push({ path, message: `the file "${file}" cannot be read.`, hint: 'Check the path and who may read it.' });
      return '';
    }
  }
  return text.replace(REFERENCE, (_, name: string, otherwise?: string) => {
    const found = env[name] ?? otherwise;
    if (found === undefined) {
      problems.push({ path, message: `the environment variable ${name} is not set.`, hint: `Set it, or write \${${name}:-default}.` });
      return '';
    }
    return found;
  });
}

/** The same tree with every text at a secret's place replaced, for anything that is printed. */
export function withoutSecrets(value: unknown, path: string[] = []): unknown {
  if (typeof value === 'string') {
    if (SECRET_KEYS.test(path.at(-1) ?? '')) return '<secret>';
    return value.replace(/(:\/\/[^:/@\s]*:)[^@/\s]+@/g, '$1<secret>@');
  }
  if (Array.isArray(value)) return value.map((item, i) => withoutSecrets(item, [...path, String(i)]));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, [...path, key])]));
  }
  return value;
}

/** Whatever stands under these is told to nobody: the address of a webhook often is its key. */
export const SECRET_KEYS = /^(token|key|secret|password|pagerduty|webhook)$/;
