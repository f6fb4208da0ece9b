import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { eventLogContract } from '../../contracts/eventlog.ts';
import { realWorld } from '../../contracts/eventlog-world.ts';
import { ManualClock } from '../../support/clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { tempFolder } from './folder.ts';

for (const fsync of ['group', 'interval', 'never'] as const) {
  eventLogContract(`files, fsync ${fsync}`, async (topics) => {
    const folder = await tempFolder();
    // Small segments, so that every case goes over several files and the compacted topic is merged.
    const open = () => openFileLog({ folder, clock: systemClock, topics, fsync, fsyncIntervalMs: 20, segmentBytesMax: 20_000 });
    return realWorld(open);
  });
}

eventLogContract('files, nothing in memory', async (topics) => {
  const folder = await tempFolder();
  const open = () => openFileLog({ folder, clock: systemClock, topics, segmentBytesMax: 20_000, tailCharactersMax: 0 });
  return realWorld(open);
});

for (const latencyMs of [0, 4]) {
  eventLogContract(`arrays, latency ${latencyMs} ms`, async (topics) => {
    const clock = new ManualClock();
    let log = memoryLog({ clock, topics, latencyMs });
    let over = false;
    // Cases wait for appends without moving the clock themselves: somebody else's time goes on.
    const running = (async () => {
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        if (clock.timers > 0) await clock.advance(1);
      }
    })();
    return {
      log,
      async reopen() {
        await log.close();
        log = log.another();
        return log;
      },
      async pass(durationMs) {
        const until = clock.monotonic() + durationMs;
        clock.after(durationMs, () => {});
        while (clock.monotonic() < until) await new Promise((resolve) => setImmediate(resolve));
      },
      async end() {
        await log.close();
        over = true;
        await running;
      },
    };
  });
}
