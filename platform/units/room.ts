/** Room on a disk: when it is scarce, and how bytes of it are said. */

/** Below this share of a disk, or these bytes, it is scarce. */
const FREE_SHARE_MIN = 0.1;
const FREE_BYTES_MIN = 2 * 1024 ** 3;
/** Below these nothing more fits that is worth writing. */
const FULL_BYTES = 64 * 1024 ** 2;

/** @param totalBytes  of the disk; left out: only the bytes count */
export function roomOf(freeBytes: number, totalBytes = 0): 'enough' | 'scarce' | 'none' {
  if (freeBytes < FULL_BYTES) return 'none';
  return freeBytes < FREE_BYTES_MIN || freeBytes < FREE_SHARE_MIN * totalBytes ? 'scarce' : 'enough';
}

/** `70.6 GiB` */
export function gigabytes(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`;
}
