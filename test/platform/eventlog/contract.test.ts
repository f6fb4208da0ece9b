import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { eventLogContract } from '../../contracts/eventlog.ts';
import { ManualClock } from '../../support/clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { tempFolder } from './folder.ts';

const sleep = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

for (const fsync of ['group', 'interval', 'never'] as const) {
  eventLogContract(`files, fsync ${fsync}`, async (topics) => {
    const folder = await tempFolder();
    // Small segments, so that every case goes over several files and the compacted topic is merged.
    const open = () => openFileLog({ folder, clock: systemClock, topics, fsync, fsyncIntervalMs: 20, segmentBytesMax: 20_000 });
    let log = await open();
    return {
      log,
      async reopen() {
        await log.close();
        log = await open();
        return log;
      },
      pass: sleep,
      end: () => log.close(),
    };
  });
}

eventLogContract('files, nothing in memory', async (topics) => {
  const folder = await tempFolder();
  const open = () => openFileLog({ folder, clock: systemClock, topics, segmentBytesMax: 20_000, tailCharactersMax: 0 });
  let log = await open();
  return {
    log,
    async reopen() {
      await log.close();
      log = await open();
      return log;
    },
    pass: sleep,
    end: () => log.close(),
  };
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
