/** The name of a segment: what of a field's value is counted, told and written into the series. Values come from users' data. */
import type { FieldValue } from '@plummet/sdk/batch';

/** Events whose field is missing, null or blank. */
export const NO_VALUE = '(none)';
/** Events whose value has no name of its own; a value that is called so is one of them. */
export const OTHER = 'other';
/** Events that nobody could look into: their batch could not be read wholly. */
export const UNREAD = '(unread)';
const CHARS_MAX = 64;

/** Without line breaks, control characters and marks that turn the direction of reading; the first 64 characters. */
export function segmentName(value: FieldValue | null | undefined): string {
  if (value === undefined || typeof value === 'object') return NO_VALUE;
  const text = typeof value === 'string' ? value : String(value);
  const clean = text
    .slice(0, 4 * CHARS_MAX)
    .replace(/[\p{Zl}\p{Zp}\t\r\n]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim()
    .slice(0, CHARS_MAX)
    .replace(/\p{Cs}/gu, '');
  return clean === '' || clean === UNREAD ? NO_VALUE : clean;
}
