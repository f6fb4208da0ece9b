/** What could not be read of late, by the reason: whoever sends something that nobody counts hears of it here. */
import { type DeadLetter, decodeDeadLetter } from '../../../topics/dead-letters.ts';
import type { Diagnosis } from '../../../units/diagnosis.ts';
import type { Leaders } from '../leaders.ts';
import { fetchOnce, placesByLeader } from './tail.ts';

const HOUR_MS = 3_600_000;
const LETTERS_MAX = 1_000;
const ROUNDS_MAX = 5;
const DETAIL_CHARS_MAX = 160;

/** @param topic  full name; @param now  ms since the epoch */
export async function deadLettersOf(leaders: Leaders, topic: string, now: number): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const [leader, from] of await placesByLeader(leaders, topic, now - HOUR_MS)) {
    for (let round = 0; round < ROUNDS_MAX && letters.length < LETTERS_MAX; round++) {
      const { records } = await fetchOnce(leaders, { topic, from, leader });
      if (records.length === 0) break;
      for (const record of records) {
        from.set(record.partition, record.offset + 1);
        letters.push(decodeDeadLetter(record));
      }
    }
  }
  return letters;
}

/** Twins read the same records and each says so; what a gateway refused never had a place. */
function ofOneTwin(letters: readonly DeadLetter[]): DeadLetter[] {
  const seen = new Set<string>();
  return letters.filter(({ from, reason }) => {
    const place = `${from} ${reason}`;
    if (!from.includes('@')) return true;
    return !seen.has(place) && seen.add(place);
  });
}

export function diagnosesOfDead(letters: readonly DeadLetter[]): Diagnosis[] {
  const of = 'dead letters';
  if (letters.length === 0) return [{ is: 'well', of, says: 'none in the last hour.' }];
  const byReason = new Map<string, DeadLetter[]>();
  for (const letter of ofOneTwin(letters)) byReason.set(letter.reason, [...(byReason.get(letter.reason) ?? []), letter]);
  return [...byReason].map(([reason, theirs]) => {
    const { detail, from } = theirs.at(-1) as DeadLetter;
    const count = letters.length >= LETTERS_MAX ? `${theirs.length} or more` : String(theirs.length);
    return {
      is: 'warning',
      of,
      says: `${count} in the last hour (${reason}), the newest from ${from}: ${detail.slice(0, DETAIL_CHARS_MAX)}`,
    };
  });
}
