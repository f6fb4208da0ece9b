/** One POST of JSON to an address that somebody wrote into the YAML: no redirect, no proxy, no network of our own, nothing told of it. */
import { type LookupAddress, lookup } from 'node:dns';
import { request as requestInTheClear, STATUS_CODES } from 'node:http';
import { request as requestByTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { MayReach } from './allow-private.ts';
import type { Outcome } from './notifier.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Never told, whoever repeats them. */
  readonly secrets: readonly string[];
  readonly mayReach: MayReach;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Its beginning. */
  readonly text: string;
}

/** Of an answer's body so much is read, and so much of it told. */
const ANSWER_BYTES_MAX = 4096;
const TOLD_CHARS_MAX = 200;
/** A part of an address that is longer than this may be the key to it. */
const SECRET_CHARS_MIN = 6;
/** Nobody may ask a page to wait for longer. */
const RETRY_AFTER_MAX_MS = 60_000;

/** Never rejects; ends when `signal` aborts. */
export async function post(given: Post, signal: AbortSignal): Promise<Outcome> {
  const told = (text: string): string => redacted(text, given);
  const host = hostOf(given.url);
  try {
    return outcomeOf(await answerTo(given, signal), host, told);
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    const why = signal.aborted ? 'no answer in time' : (message ?? String(error));
    return { kind: 'failed', reason: told(`${host}: ${why}`), again: code !== 'EREFUSED_ADDRESS' && code !== 'ERR_INVALID_URL' };
  }
}

function outcomeOf({ status, retryAfter, text }: Answer, host: string, told: (text: string) => string): Outcome {
  const said = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const words = oneLine(text).slice(0, TOLD_CHARS_MAX);
  if (status >= 200 && status < 300) return { kind: 'sent', detail: told(`${host}: ${said}`) };
  if (status >= 300 && status < 400) {
    return { kind: 'failed', reason: told(`${host}: ${said}: redirects are not followed; write the address it leads to`), again: false };
  }
  const again = status >= 500 || status === 408 || status === 429;
  const waitMs = again ? waitOf(retryAfter) : 0;
  const reason = told(`${host}: ${said}${words === '' ? '' : `: ${words}`}`);
  return { kind: 'failed', reason, again, ...(waitMs > 0 && { waitMs }) };
}

/** Seconds; a date is not asked for by anybody who limits rates. */
function waitOf(retryAfter: string | undefined): number {
  return /^\d{1,6}$/.test(retryAfter ?? '') ? Math.min(RETRY_AFTER_MAX_MS, Number(retryAfter) * 1000) : 0;
}

function answerTo({ url, headers, body, mayReach }: Post, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const literal = target.hostname.replace(/^\[(.*)\]$/, '$1');
    // An address written as a number is not looked up, so it is checked here; the URL has it in its one spelling by now.
    if (isIP(literal) !== 0 && !mayReach(literal)) throw refused(literal);
    const request = target.protocol === 'https:' ? requestByTls : requestInTheClear;
    const sending = request(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Plummet', ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own: a page must not wait behind another's, and no proxy of the environment's comes between.
      agent: false,
      lookup: lookupOnly(mayReach),
      signal,
    });
    let answered: (() => void) | null = null;
    // Once the status came, what is cut off is only what was said beside it.
    sending.on('error', (error) => (answered ? answered() : reject(error)));
    sending.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const end = (): void => {
        const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString();
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text });
        sending.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= ANSWER_BYTES_MAX) end();
      });
      answered = end;
      response.on('end', end);
      response.on('error', end);
    });
    sending.end(body);
  });
}

/** Whatever a name leads to at this very connection is checked, so that no second answer of its server slips in between. */
function lookupOnly(mayReach: MayReach): LookupFunction {
  return (hostname, options, found) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return found(error, '');
      const [first, ...rest] = addresses.filter(({ address }) => mayReach(address));
      if (!first) return found(refused(addresses[0]?.address ?? hostname), '');
      if (options.all) found(null, [first, ...rest]);
      else found(null, first.address, first.family);
    });
  };
}

function refused(address: string): NodeJS.ErrnoException {
  const hint = 'name its network under `security: { allow_private: [...] }` if it is yours';
  return Object.assign(new Error(`${address} is not on the public internet; ${hint}`), { code: 'EREFUSED_ADDRESS' });
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'no URL';
}

/** Addresses of webhooks are secrets themselves: of them only the host is told. */
function redacted(text: string, { url, secrets }: Pick<Post, 'url' | 'secrets'>): string {
  const target = URL.canParse(url) ? new URL(url) : null;
  const parts = target ? [target.username, target.password, ...target.pathname.split('/'), ...target.searchParams.values()] : [url];
  const hidden = [...secrets.filter(Boolean), ...parts.flatMap(spellings).filter((part) => part.length >= SECRET_CHARS_MIN)];
  return hidden.sort((a, b) => b.length - a.length).reduce((safe, part) => safe.replaceAll(part, '<secret>'), text);
}

function spellings(part: string): string[] {
  try {
    return [part, decodeURIComponent(part)];
  } catch {
    return [part];
  }
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu, ' ').trim();
}
