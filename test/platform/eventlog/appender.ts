/**
 * A process that appends until it is killed, and says what was acknowledged. Takes its options as JSON in its argument.
 * Lines it writes: `ready`, `+ PARTITION OFFSET VALUE`, `- CODE MESSAGE`, `! KIND`, each second `lag MS` (p99 of its event loop).
 */
import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Disk, systemDisk } from '../../../platform/eventlog/file/disk.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { EventLogError } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';

const TOPIC: Topic = { name: 'events', partitions: 3, keeps: 'forever' };

export interface AppenderOptions {
  readonly folder: string;
  /** Marks its values. */
  readonly round: number;
  readonly appenders: number;
  readonly characters: number;
  readonly segmentBytesMax?: number;
  /** Where no tool can make the system calls themselves fail or wait: every so many-th sync fails with EIO. */
  readonly failEverySync?: number;
  readonly syncDelayMs?: number;
}

const options = JSON.parse(process.argv[2] as string) as AppenderOptions;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

let syncs = 0;
const disk: Disk = {
  ...systemDisk,
  async sync(file) {
    if (options.syncDelayMs !== undefined) await pause(options.syncDelayMs);
    if (options.failEverySync !== undefined && ++syncs % options.failEverySync === 0) {
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    }
    return systemDisk.sync(file);
  },
};

const { folder, segmentBytesMax = 64 * 1024 * 1024 } = options;
const onProblem = ({ kind }: { kind: string }): void => say(`! ${kind}`);
const log = await openFileLog({ folder, clock: systemClock, topics: [TOPIC], segmentBytesMax, disk, onProblem });
const lag = monitorEventLoopDelay({ resolution: 5 });
lag.enable();
setInterval(() => {
  say(`lag ${Math.round(lag.percentile(99) / 1e6)}`);
}, 1_000);
say('ready');

for (let appender = 0; appender < options.appenders; appender++) {
  void (async () => {
    for (let i = 0; ; i++) {
      const value = `${options.round}.${appender}.${i}`;
      try {
        const [appended] = await log.append(TOPIC, [{ key: `appender-${appender}`, value: value.padEnd(options.characters, '.') }]);
        say(`+ ${appended?.partition} ${appended?.offset} ${value}`);
      } catch (error) {
        const { code, message } = error as EventLogError;
        say(`- ${code} ${message}`);
        await pause(20);
      }
    }
  })();
}
