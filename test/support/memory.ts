/** How much memory another process has, as Linux tells it. */
import { readFileSync } from 'node:fs';

const MB = 1024;

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / MB;
}
