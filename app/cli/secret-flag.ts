/** Flags that may hold a secret: `${NAME}` is read from the environment here, so that no list of processes shows it. */
import { readFileSync } from 'node:fs';
import type { Problem } from '../../platform/config/problem.ts';
import { resolveSecrets } from '../../platform/config/secrets.ts';
import { UserError } from './output.ts';

/** @throws UserError where it refers to what is not there */
export function secretFlag(flag: string, text: string): string {
  const problems: Problem[] = [];
  const found = resolveSecrets(text, { env: process.env, readFile: (path) => readFileSync(path, 'utf8') }, problems);
  const [problem] = problems;
  if (problem) throw new UserError(`${flag}: ${problem.message}`, problem.hint === undefined ? {} : { hint: problem.hint });
  return found as string;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** @returns the address without who asks, and who asks. @throws UserError, which repeats nothing of it */
export function addressFlag(flag: string, text: string, like: string): { url: URL; login: Login | null } {
  const resolved = secretFlag(flag, text);
  if (!URL.canParse(resolved)) throw new UserError(`${flag} is no address.`, { hint: `Write it like ${like}` });
  const url = new URL(resolved);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UserError(`${flag} is no http address.`, { hint: `Write it like ${like}` });
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return { url, login: username === '' && password === '' ? null : { user: decoded(username), password: decoded(password) } };
}

/** A % that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
