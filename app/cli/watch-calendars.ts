/** Watches the calendars that a YAML names, also those that are not there yet. */
import { dirname, resolve } from 'node:path';
import type { Loaded } from '../../platform/config/load.ts';
import { type Watch, watchFile } from '../../platform/config/watch.ts';
import type { Clock } from '../../platform/units/clock.ts';

export interface CalendarWatches {
  /** Of the YAML as it was read last. */
  follow(calendars: Loaded['calendars']): void;
  stop(): Promise<void>;
}

/** @param yaml  its path: calendars are named from its folder */
export function watchCalendars(yaml: string, { clock, changed }: { clock: Clock; changed: () => Promise<void> }): CalendarWatches {
  const watches = new Map<string, Watch>();
  const leaving: Promise<void>[] = [];
  return {
    follow(calendars) {
      for (const [name, watch] of watches) {
        if (name in calendars) continue;
        watches.delete(name);
        leaving.push(watch.stop());
      }
      for (const [name, text] of Object.entries(calendars)) {
        if (watches.has(name)) continue;
        watches.set(name, watchFile(resolve(dirname(yaml), name), { clock, text, changed, tellsGone: true }));
      }
    },
    async stop() {
      await Promise.all([...leaving, ...[...watches.values()].map((watch) => watch.stop())]);
    },
  };
}
