/** The brokers' clocks against ours: a record that is appended while we wait shows what its leader's clock says now. */
import type { Clock } from '../../../units/clock.ts';
import type { Diagnosis } from '../../../units/diagnosis.ts';
import type { Leaders } from '../leaders.ts';
import { AT_END } from '../offsets.ts';
import { fetchOnce, placesByLeader } from './tail.ts';

/** A detector's tick comes each 250 ms; so long is waited for one. */
const WAIT_MS_MAX = 1_500;
/** Log time is a median of clocks and bears one that is wrong; two of three decide. */
const APART_MS_MAX = 1_000;

/** @param topics  full names, those that Plummet appends to all the time; @returns by `host:port`, ms that a broker is ahead of us */
export async function clocksOf(leaders: Leaders, topics: readonly string[], clock: Clock): Promise<Map<string, number>> {
  const ahead = new Map<string, number>();
  const startedAt = clock.monotonic();
  const places = await Promise.all(topics.map(async (topic) => ({ topic, byLeader: await placesByLeader(leaders, topic, AT_END) })));
  const waits = places.flatMap(({ topic, byLeader }) =>
    [...byLeader].map(async ([leader, from]) => {
      const name = `${leader.host}:${leader.port}`;
      while (!ahead.has(name) && clock.monotonic() - startedAt < WAIT_MS_MAX) {
        const { records } = await fetchOnce(leaders, { topic, from, leader });
        const newest = Math.max(...records.map(({ appendedAt }) => appendedAt));
        if (records.length > 0 && !ahead.has(name)) ahead.set(name, newest - clock.wall());
      }
    }),
  );
  await Promise.allSettled(waits);
  return ahead;
}

export function diagnosesOfClocks(ahead: ReadonlyMap<string, number>): Diagnosis[] {
  const of = 'clocks';
  if (ahead.size === 0) {
    return [{ is: 'well', of, says: 'they are told only while something is appended: ask again while Plummet runs.' }];
  }
  const wrong = [...ahead].filter(([, ms]) => Math.abs(ms) > APART_MS_MAX);
  if (wrong.length === 0) return [{ is: 'well', of, says: `${[...ahead.keys()].join(', ')}: within ${APART_MS_MAX / 1000} s of ours.` }];
  return wrong.map(([name, ms]) => {
    const says = `${name} is ${Math.round(Math.abs(ms) / 100) / 10} s ${ms > 0 ? 'ahead of' : 'behind'} this machine.`;
    return {
      is: 'warning',
      of,
      says: `${says} One wrong clock is borne, two decide the time of every event. Let NTP set both:`,
      mend: ['chronyc tracking'],
    };
  });
}
