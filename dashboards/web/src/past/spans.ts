/** How much of the past is shown: what may be chosen, and what stands for it in the address. */

export interface Choice {
  /** In the address: `?span=7d`. */
  readonly key: string;
  readonly label: string;
  /** After "in the last". */
  readonly words: string;
  readonly seconds: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export const CHOICES: readonly Choice[] = [
  { key: '10m', label: '10\u00a0min', words: 'ten minutes', seconds: 600 },
  { key: '1h', label: '1\u00a0h', words: 'hour', seconds: HOUR },
  { key: '6h', label: '6\u00a0h', words: 'six hours', seconds: 6 * HOUR },
  { key: '1d', label: '1\u00a0day', words: 'day', seconds: DAY },
  { key: '7d', label: '7\u00a0days', words: '7\u00a0days', seconds: 7 * DAY },
  { key: '14d', label: '14\u00a0days', words: '14\u00a0days', seconds: 14 * DAY },
  { key: '30d', label: '30\u00a0days', words: '30\u00a0days', seconds: 30 * DAY },
];

const A_DAY = CHOICES[3] as Choice;
const OFTEN_SECONDS_MAX = HOUR;
const OFTEN_MS = 10_000;
const SELDOM_MS = 60_000;

/** @param search  as in the address; what names no span is a day */
export function choiceIn(search: string): Choice {
  const key = new URLSearchParams(search).get('span');
  return CHOICES.find((choice) => choice.key === key) ?? A_DAY;
}

/** After so many ms there is something new to be seen. */
export function againMs({ seconds }: Choice): number {
  return seconds <= OFTEN_SECONDS_MAX ? OFTEN_MS : SELDOM_MS;
}
