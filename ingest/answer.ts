/** What the gateway says back, and what a refused sender is told to do. */

import { eventLimits } from '../platform/topics/event-check.ts';
import { type Refusal, type RefusalCode, sayRefusal } from '../platform/topics/refusal.ts';
import type { Rejected } from './admission/admit.ts';
import { FORMS_TAKEN } from './admission/forms.ts';

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string; readonly hint?: string };
}

interface TakenBody {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export interface Answer {
  readonly status: number;
  readonly body: TakenBody | ErrorBody | (TakenBody & ErrorBody);
  readonly headers?: Readonly<Record<string, string>>;
}

const STATUS: Partial<Record<RefusalCode, number>> = { 'too-big': 413, 'too-many-events': 413, 'type-not-allowed': 403 };

const HINT: Partial<Record<RefusalCode, string>> = {
  'bad-json': 'Send one event like {"type":"order.placed","data":{"amount":42}}, or a list of them.',
  'bad-encoding': 'Text must be UTF-8, and compression gzip.',
  'too-big': `One request holds at most 1 MiB (8 MiB after gzip), one event at most ${eventLimits.eventBytesMax / 1024} KiB.`,
  'too-many-events': `Send at most ${eventLimits.eventsMax} events in one request.`,
  'lying-tally': 'The tally must count exactly the events of the batch, by type and second after the second of t0.',
};

export function taken(accepted: number, rejected: readonly Rejected[]): Answer {
  return { status: 202, body: { accepted, rejected: rejected.map(({ index, refusal }) => ({ index, reason: sayRefusal(refusal) })) } };
}

/** The whole request. */
export function refused(refusal: Refusal, rejected: readonly Rejected[] = []): Answer {
  const { code, field } = refusal;
  const hint = HINT[code];
  const error = { code, message: sayRefusal(refusal), ...(field && { field }), ...(hint && { hint }) };
  const status = STATUS[code] ?? 400;
  return { status, body: rejected.length > 0 ? { ...(taken(0, rejected).body as TakenBody), error } : { error } };
}

export function unknownForm(contentType: string): Answer {
  const message = contentType === '' ? 'the request has no content-type' : `the content-type ${JSON.stringify(contentType)} is not taken`;
  const hint = `Taken are ${FORMS_TAKEN.join(', ')}; with curl: -H 'content-type: application/json'.`;
  return { status: 415, body: { error: { code: 'unknown-content-type', message, field: 'content-type', hint } } };
}

export function unknownEncoding(encoding: string): Answer {
  const message = `the content-encoding ${JSON.stringify(encoding)} is not taken`;
  const error = { code: 'unknown-encoding', message, field: 'content-encoding', hint: 'Send it as it is, or with gzip.' };
  return { status: 415, body: { error }, headers: { 'accept-encoding': 'gzip' } };
}

export function keyNeeded(given: boolean): Answer {
  const message = given ? 'this key may not write' : 'a key is needed to write';
  const error = { code: 'key-needed', message, field: 'authorization', hint: "Send it as a header: 'authorization: Bearer KEY'." };
  return { status: 401, body: { error }, headers: { 'www-authenticate': 'Bearer realm="plummet"' } };
}

export function tooFast(seconds: number): Answer {
  const message = `more than this sender may send; the next request is taken in ${seconds} s`;
  return later(429, 'too-fast', message, 'Send more events in one request, and the same request again after a pause.', seconds);
}

export function tooMuchWaiting(): Answer {
  return later(503, 'too-much-waiting', 'too much is waiting to be written', 'Keep the events and send the same request again.');
}

export function notDurable(): Answer {
  return later(503, 'not-durable', 'the events could not be written', 'Keep the events and send the same request again.');
}

function later(status: number, code: string, message: string, hint: string, seconds = 1): Answer {
  return { status, body: { error: { code, message, hint } }, headers: { 'retry-after': String(seconds) } };
}

/** The code of an answer that takes nothing, for counters. */
export function codeOf({ body }: Answer): string | null {
  return 'error' in body ? body.error.code : null;
}
