/** What of an event's data leaves the app: flat, finite, within the limits of the gateway, and only what the allow-lists name. */
import type { EventData, FieldValue } from './batch.ts';

/** As at the gateway, where one event beyond them has its whole batch refused. */
const fieldLimits = {
  fieldsMax: 64,
  fieldNameCharsMax: 100,
  /** A longer text is cut: the beginning of a product's name still tells something, half a letter to support need not travel. */
  textCharsMax: 1000,
  /** Names and texts of one event together: six bytes each in the worst case, the gateway takes 64 KiB. */
  eventCharsMax: 10_000,
} as const;

/** What a queued event takes beside its texts: slots of the queue, an object, its numbers. */
const EVENT_BYTES = 100;
const FIELD_BYTES = 24;
const CHAR_BYTES = 2;

export class Fields {
  /** Estimate of what the event picked last takes in memory. */
  bytes = 0;
  readonly #allowed: ReadonlySet<string> | null;
  readonly #trimmed: (name: string, what: string) => void;

  /**
   * @param allowed  the only fields that leave the app; null: all that can
   * @param trimmed  hears of each field that is left out or cut
   */
  constructor(allowed: ReadonlySet<string> | null, trimmed: (name: string, what: string) => void) {
    this.#allowed = allowed;
    this.#trimmed = trimmed;
  }

  /** A copy, so that the app may go on changing its own object. Undefined where nothing of it travels. */
  pick(data: object): EventData | undefined {
    const picked: Record<string, FieldValue> = {};
    let fields = 0;
    let chars = 0;
    for (const name in data) {
      if (this.#allowed !== null && !this.#allowed.has(name)) continue;
      let value = (data as Record<string, unknown>)[name];
      if (value === undefined || typeof value === 'function') continue;
      if (typeof value === 'string' && value.length > fieldLimits.textCharsMax) value = this.#cut(name, value);
      if (!travels(value)) {
        this.#drop(name, value);
        continue;
      }
      const fieldChars = name.length + (typeof value === 'string' ? value.length : 0);
      if (!this.#fits(name, fields, chars + fieldChars)) continue;
      picked[name] = value;
      fields++;
      chars += fieldChars;
    }
    this.bytes = EVENT_BYTES + fields * FIELD_BYTES + chars * CHAR_BYTES;
    return fields > 0 ? picked : undefined;
  }

  #fits(name: string, fields: number, chars: number): boolean {
    const { fieldsMax, fieldNameCharsMax: nameMax, eventCharsMax } = fieldLimits;
    if (name.length <= nameMax && name !== '' && name !== '__proto__' && fields < fieldsMax && chars <= eventCharsMax) return true;
    this.#trimmed(
      name.slice(0, nameMax),
      `does not fit: an event carries at most ${fieldsMax} fields and ${eventCharsMax} characters, a field's name has 1 to ${nameMax}; ` +
        'name the fields you need with send',
    );
    return false;
  }

  #cut(name: string, text: string): string {
    const { textCharsMax } = fieldLimits;
    this.#trimmed(name, `was cut to ${textCharsMax} characters: longer texts do not travel`);
    const half = text.charCodeAt(textCharsMax - 1);
    const end = half >= 0xd800 && half <= 0xdbff ? textCharsMax - 1 : textCharsMax;
    // A slice would keep the whole text in memory for as long as the event waits.
    return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
  }

  #drop(name: string, value: unknown): void {
    const found = typeof value === 'number' ? String(value) : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
    this.#trimmed(
      name,
      `was left out, it is ${found}: only texts, finite numbers, true, false and null travel; leave it out with send, or flatten it`,
    );
  }
}

function travels(value: unknown): value is FieldValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    default:
      return value === null;
  }
}
