/** Looks at JSON before it is parsed: what is small on the wire can take a hundred times that in memory, and seconds to read. */
import { eventLimits } from '../../platform/topics/event-check.ts';
import { type Refusal, refusal } from '../../platform/topics/refusal.ts';

export const textLimits = {
  /** A list of events, the event and its tuple or attributes around the data that may be nested as deep as `depthMax`. */
  depthMax: eventLimits.depthMax + 4,
  /** Texts, numbers, objects, lists: as many as a full request with every field used has, twice. */
  valuesMax: 200_000,
  /** Shorter ones cannot do harm. */
  uncheckedCharsMax: 16 * 1024,
} as const;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One pass over the characters, about a millisecond a megabyte. It need not be JSON; then parsing says what is wrong. */
export function refuseText(text: string): Refusal | null {
  if (text.length <= textLimits.uncheckedCharsMax) return null;
  let depth = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i + 1);
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      values++;
      if (++depth > textLimits.depthMax) return refusal('too-deep', '', `must not be nested deeper than ${eventLimits.depthMax}`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth--;
    } else if (code === COMMA) {
      values++;
    }
    if (values > textLimits.valuesMax) return refusal('too-big', '', `a request holds at most ${textLimits.valuesMax} values`);
  }
  return null;
}

/** Where the string that began before `from` ends: at the first quote that no odd number of backslashes stands before. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
