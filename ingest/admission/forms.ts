/** Which of the forms a request has: our own batch, CloudEvents in three ways, or plain JSON from a shell. */
import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';

export type Form = 'batch' | 'cloudevent' | 'cloudevents' | 'binary' | 'plain';

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export const FORMS_TAKEN = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  BATCH_CONTENT_TYPE,
  'any type with a CloudEvent in ce-… headers',
];

const BY_TYPE: Readonly<Record<string, Form>> = {
  [mediaType(BATCH_CONTENT_TYPE)]: 'batch',
  'application/cloudevents+json': 'cloudevent',
  'application/cloudevents-batch+json': 'cloudevents',
};

/** @returns null where it is none of them. A browser's forms are none, so no other site can make a visitor's browser send events. */
export function formOfRequest(contentType: string, headers: RequestHeaders): Form | null {
  // An SDK always writes exactly this.
  if (contentType === BATCH_CONTENT_TYPE) return 'batch';
  const type = mediaType(contentType);
  if (!readable(contentType)) return null;
  const form = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  if (form) return form;
  if (headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined) return 'binary';
  return type === 'application/json' ? 'plain' : null;
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] as string).trim().toLowerCase();
}

/** JSON is UTF-8, and there is one version of the batch. */
function readable(contentType: string): boolean {
  return contentType.split(';').every((parameter, i) => {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().toLowerCase());
    if (i === 0) return true;
    if (name === 'charset') return /^"?(utf-?8|us-ascii)"?$/.test(value);
    return name !== 'v' || value === '1' || !contentType.toLowerCase().includes('plummet');
  });
}

/** The value of a `ce-` header: quoted in old senders, percent-encoded in all. @see http-protocol-binding.md 3.1.3.2 */
export function decodeHeader(value: string): string {
  const plain = /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  if (!plain.includes('%')) return plain;
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
