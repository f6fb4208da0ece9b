/** Does the disk take what is written, now? Writes and syncs a small file, and says in words what does not work. */
import path from 'node:path';
import { type Clock, sleep } from '../../units/clock.ts';
import type { Health } from '../eventlog.ts';
import { diskError } from '../problem.ts';
import { type Disk, writeAll } from './disk.ts';

const PROBE_BYTES = 4096;
const ANSWER_MS_MAX = 2_000;

export class DiskHealth {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #clock: Clock;
  #probing: Promise<Health> | undefined;
  #probes = 0;

  constructor(disk: Disk, folder: string, clock: Clock) {
    this.#disk = disk;
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Calls at the same time share one probe; a disk that hangs gets no second one. */
  async check(): Promise<Health> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    const answered = new AbortController();
    const silent = sleep(this.#clock, ANSWER_MS_MAX, answered.signal).then<Health>(() => {
      const advice = 'It may be overloaded or failing: look at iostat and dmesg.';
      return { ok: false, reason: `The disk of ${this.#folder} has not answered for ${ANSWER_MS_MAX / 1000} s. ${advice}` };
    });
    try {
      return await Promise.race([this.#probing, silent]);
    } finally {
      answered.abort();
    }
  }

  async #probe(): Promise<Health> {
    const disk = this.#disk;
    const file = path.join(this.#folder, `probe.${process.pid}.${this.#probes++}`);
    try {
      const opened = await disk.open(file, 'create');
      try {
        await writeAll(disk, opened, Buffer.alloc(PROBE_BYTES, 1), PROBE_BYTES, 0);
        await disk.sync(opened);
      } finally {
        await disk.close(opened);
        await disk.remove(file);
      }
      return { ok: true, reason: '' };
    } catch (cause) {
      return { ok: false, reason: diskError(cause, `write a probe in ${this.#folder}`).message };
    }
  }
}
