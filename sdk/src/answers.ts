/** What an HTTP answer means for the batch that was sent. */
import type { Outcome } from './transport.ts';

/** Beyond these the same batch would be refused again by everybody. */
const REFUSED = new Set([400, 413, 415, 422]);

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The beginning of the body. */
  readonly text: string;
}

/**
 * @param endpoint  the address without secrets
 * @param wallMs    ms since the epoch, for a Retry-After that names a date
 */
export function outcomeOf(endpoint: string, { status, retryAfter, text }: HttpAnswer, wallMs: number): Outcome {
  if (status === 202) return { is: 'accepted' };
  const why = `${endpoint} answered ${status}${reasonIn(text)}`;
  if (REFUSED.has(status)) return { is: 'refused', why };
  if (status === 401)
    return { is: 'later', why, advice: 'give connect() a right key: connect({ url, key }), one of those under `keys:` in the YAML' };
  if (status === 403)
    return { is: 'later', why, advice: 'the key given to connect() may not send these events: allow them under `keys:` in the YAML' };
  const afterMs = waitOf(retryAfter, wallMs);
  const wait = afterMs === undefined ? {} : { afterMs };
  if (status === 429) return { is: 'later', why, stay: true, ...wait };
  if (status >= 500) return { is: 'later', why, ...wait };
  return { is: 'later', why, advice: 'is this the address of Plummet? It answers 202; a web server or proxy in between does not', ...wait };
}

/** Plummet's own errors say what is wrong. */
function reasonIn(text: string): string {
  try {
    const message: unknown = (JSON.parse(text) as { error?: { message?: unknown } }).error?.message;
    return typeof message === 'string' ? `, ${message}` : '';
  } catch {
    return '';
  }
}

/** Seconds or a date. @see RFC 9110, section 10.2.3 */
function waitOf(retryAfter: string | undefined, wallMs: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - wallMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
