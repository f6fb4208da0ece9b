/** The secret that signs acknowledge links: made once, kept in the data folder, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES = 32;

/** A link in a mail must outlive a restart, so the secret does; of processes that make one at the same time all have the first. */
export async function linkSecret(folder: string): Promise<Buffer> {
  const path = join(folder, 'link-secret');
  const kept = await readFile(path).catch(() => undefined);
  if (kept?.length === BYTES) return kept;
  if (kept) await rm(path, { force: true });
  const made = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(made, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(BYTES));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(made, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(made);
  return readFile(path);
}
