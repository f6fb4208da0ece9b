/** The time of day by the server's clock and zone; changes when its second does. */
import { computed, signal } from '@preact/signals';
import { hello, time } from './board.ts';

/** Whole seconds since the epoch. */
export const seconds = signal(Math.floor(Date.now() / 1000));

setInterval(() => {
  seconds.value = Math.floor(time.now() / 1000);
}, 200);

export const timezone = computed(() => hello.value?.timezone ?? 'UTC');

/** `14:03`: what stands under a chart. */
export const minuteClock = computed(() => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone.value, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (ms: number): string => format.format(ms);
});
