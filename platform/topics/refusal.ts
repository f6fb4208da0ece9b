/** Why something was not taken: a code for counters and dead letters, the field and what is wrong with it for whoever sent it. */

export type RefusalCode =
  | 'bad-json'
  | 'bad-encoding'
  | 'bad-shape'
  | 'bad-type'
  | 'bad-number'
  | 'time-out-of-range'
  | 'too-big'
  | 'too-deep'
  | 'too-many-events'
  | 'too-many-fields'
  | 'lying-tally'
  | 'type-not-allowed';

export interface Refusal {
  readonly code: RefusalCode;
  /** Where it is wrong: `events[3][2].amount`; empty where the whole is meant. */
  readonly field: string;
  /** What is wrong and what would be right, for a person. */
  readonly message: string;
}

export function refusal(code: RefusalCode, field: string, message: string): Refusal {
  return { code, field, message };
}

export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'field' in value && 'message' in value;
}

/** One line for a person: `seq: must be a whole number …`. */
export function sayRefusal({ field, message }: Refusal): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** The same refusal, told from one level further out. */
export function within(outer: string, { code, field, message }: Refusal): Refusal {
  if (field === '') return { code, field: outer, message };
  return { code, field: field.startsWith('[') ? `${outer}${field}` : `${outer}.${field}`, message };
}

const SHOWN_CHARS_MAX = 40;

/** A value as an error message shows it: short, on one line, whatever was sent. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > SHOWN_CHARS_MAX ? `${value.slice(0, SHOWN_CHARS_MAX)}…` : value);
}
