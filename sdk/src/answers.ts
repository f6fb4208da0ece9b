/** What an HTTP answer means for the batch that was sent. */
import type { Outcome } from './transport.ts';

/** Beyond these the same batch would be refused again by everybody. */
const REFUSED = new Set([400, 413, 415, 422]);

const ADVICE: Readonly<Record<number, string>> = {
  401: 'give connect() a right key: connect({ url, key }), one of those under `keys:` in the YAML',
  403: 'the key given to connect() may not send events: allow it under `keys:` in the YAML',
};
const ELSEWHERE = 'is this the address of Plummet? It answers 202; a web server or proxy in between does not';
/** How the gateway names the one event type of a batch that the key may not write. */
const TYPE_FIELD = /^tally\.(.+)$/;

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
  const error = errorIn(text);
  const why = `${endpoint} answered ${status}${typeof error.message === 'string' ? `, ${error.message}` : ''}`;
  const type = status === 403 && typeof error.field === 'string' ? TYPE_FIELD.exec(error.field)?.[1] : undefined;
  if (REFUSED.has(status) || type !== undefined) return { is: 'refused', why, ...(type !== undefined && { type }) };
  const afterMs = waitOf(retryAfter, wallMs);
  const wait = afterMs === undefined ? {} : { afterMs };
  if (status === 429) return { is: 'later', why, stay: true, ...wait };
  if (status >= 500) return { is: 'later', why, ...wait };
  return { is: 'later', why, advice: ADVICE[status] ?? ELSEWHERE, ...wait };
}

/** Plummet's own errors say what is wrong, and where. */
function errorIn(text: string): { readonly message?: unknown; readonly field?: unknown } {
  try {
    return (JSON.parse(text) as { error?: object } | null)?.error ?? {};
  } catch {
    return {};
  }
}

/** Seconds or a date. @see RFC 9110, section 10.2.3 */
function waitOf(retryAfter: string | undefined, wallMs: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - wallMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
