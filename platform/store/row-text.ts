/** Rows as the text of ClickHouse's format JSONCompactEachRow, built by hand: it is done for every event. */

/** A place in the event log: what makes writing a row again harmless. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly appendedAt: number;
}

/** Milliseconds since the epoch for a DateTime64(3): seconds with three digits, in quotes. */
export function timeText(ms: number): string {
  const whole = Math.floor(ms);
  const rest = ((whole % 1000) + 1000) % 1000;
  return `"${(whole - rest) / 1000}.${String(rest).padStart(3, '0')}"`;
}

const LONE_SURROGATE = /\p{Cs}/gu;

/** A JSON string without halves of characters, which no store takes. */
export function safeText(text: string): string {
  return JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd'));
}
