/** A name for the clock of this machine: the same in every process and container that reads it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Drawn anew by Linux at each boot, and shared by all containers of a machine. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

let known: string | undefined;

export function clockName(): string {
  known ??= bootId() ?? hostname();
  return known;
}

function bootId(): string | undefined {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim().slice(0, 13) || undefined;
  } catch {
    return undefined;
  }
}
