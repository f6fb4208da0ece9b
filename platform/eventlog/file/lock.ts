/**
 * One process a folder. Each announces itself by a file named after it, then looks for others: of two that start at once at
 * least one sees the other, so never both go on. Nobody waits for a dead one: on this machine its pid and start time tell
 * (pids are used again, also after a reboot), elsewhere (a container on the same volume) whether its file is still touched.
 */
import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { type Clock, sleep, type Timer } from '../../units/clock.ts';
import { EventLogError } from '../problem.ts';

const PREFIX = 'lock.';
/** The holder touches its file so often. */
const TOUCH_MS = 1_000;
/** A holder on another host that did not touch its file for so long is taken for dead. */
const SILENT_MS_MAX = 5_000;

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Since boot, as the kernel counts, and which boot; empty where the system does not say. */
  readonly started: string;
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * @param onLost  called with the reason when the lock was lost all the same: nothing may be written any more
 * @throws EventLogError `held`, whose message names the holder
 */
export async function lockFolder(folder: string, clock: Clock, onLost: (reason: string) => void): Promise<Lock> {
  await fs.mkdir(folder, { recursive: true, mode: 0o750 });
  const own = await announce(folder);
  const file = path.join(folder, fileOf(own));
  try {
    await refuseIfHeld(folder, own, clock);
  } catch (error) {
    await fs.rm(file, { force: true });
    throw error;
  }
  return touched(file, clock, onLost);
}

/** Shows others that this process lives, until it releases. */
function touched(file: string, clock: Clock, onLost: (reason: string) => void): Lock {
  let released = false;
  let timer: Timer;
  const wait = (): void => {
    timer = clock.after(TOUCH_MS, () => void touch());
  };
  const touch = async (): Promise<void> => {
    const now = clock.wall() / 1000;
    const gone = await fs.utimes(file, now, now).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (released) return;
    if (gone) onLost(`${file} was removed: another process may write there by now.`);
    else wait();
  };
  wait();
  return {
    async release() {
      released = true;
      timer.cancel();
      await fs.rm(file, { force: true });
    },
  };
}

async function announce(folder: string): Promise<Holder> {
  const own = { host: hostname().replaceAll(/[^A-Za-z0-9-]/g, '-'), pid: process.pid, started: startOf(process.pid) ?? '' };
  try {
    await fs.writeFile(path.join(folder, fileOf(own)), '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw held(folder, `this very process (${own.pid})`);
  }
  return own;
}

async function refuseIfHeld(folder: string, own: Holder, clock: Clock): Promise<void> {
  for (const file of await fs.readdir(folder)) {
    const other = holderOf(file);
    if (other === undefined || file === fileOf(own)) continue;
    const alive = other.host === own.host ? runs(other) : await isTouched(path.join(folder, file), clock);
    if (alive) throw held(folder, `process ${other.pid} on ${other.host}`);
    await fs.rm(path.join(folder, file), { force: true });
  }
}

function held(folder: string, holder: string): EventLogError {
  return new EventLogError('held', `${folder} is in use by ${holder}. Stop that one first, or give this one another folder.`);
}

function fileOf({ host, pid, started }: Holder): string {
  return `${PREFIX}${host}.${pid}.${started}`;
}

function holderOf(file: string): Holder | undefined {
  const found = /^lock\.([A-Za-z0-9-]*)\.(\d+)\.([0-9a-f-]*)$/.exec(file);
  return found ? { host: found[1] as string, pid: Number(found[2]), started: found[3] as string } : undefined;
}

function runs({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return now === undefined || started === '' || now === started;
}

/** Undefined where the system does not say; `dead` for a process that only waits for its parent to take note. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields are counted after the program's name, which may hold spaces and brackets: state is the first, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${fields[19]}-${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}`;
  } catch {
    return undefined;
  }
}

async function isTouched(file: string, clock: Clock): Promise<boolean> {
  const touched = async (): Promise<number> => (await fs.stat(file)).mtimeMs;
  try {
    const before = await touched();
    await sleep(clock, SILENT_MS_MAX);
    return (await touched()) !== before;
  } catch {
    return false;
  }
}
