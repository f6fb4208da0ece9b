/** The file beside the embedded store's folder that names its address and key, for other programs of the same user: mode 0600. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/** Not in the folder itself, which is the engine's own. */
export function addressFile(folder: string): string {
  return `${folder}.address`;
}

/** Whole or not at all. Where it cannot be written, others of this user find the folder in use, and say so. */
export function publishAddress(folder: string, url: string): void {
  const file = addressFile(folder);
  const begun = `${file}.${process.pid}`;
  try {
    rmSync(begun, { force: true });
    writeFileSync(begun, `${url}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    renameSync(begun, file);
  } catch {
    rmSync(begun, { force: true });
  }
}

/** Another's, which has the folder by now, stays. */
export function withdrawAddress(folder: string, url: string): void {
  try {
    if (publishedAddress(folder) === url) rmSync(addressFile(folder), { force: true });
  } catch {
    // Whoever reads it finds nobody there, and takes it for what it is.
  }
}

/**
 * Of a store that ran here; after a kill it may be there still, and nobody answers, or somebody who does not take its key.
 *
 * @returns null where there is none, or something else than an address of this machine
 * @throws the system's error where it may not be read: it is another user's
 */
export function publishedAddress(folder: string): string | null {
  let text: string;
  try {
    text = readFileSync(addressFile(folder), 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') throw error;
    return null;
  }
  return /^http:\/\/plummet:[0-9a-f]+@127\.0\.0\.1:\d+\/\w+$/.test(text) ? text : null;
}
