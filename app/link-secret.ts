/** The secret that signs acknowledge links: made once, kept in the data folder, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES = 32;

/** A link in a mail must outlive a restart, so the secret does. */
export async function linkSecret(folder: string): Promise<Buffer> {
  const path = join(folder, 'link-secret');
  const kept = await readFile(path).catch(() => undefined);
  if (kept?.length === BYTES) return kept;
  const made = randomBytes(BYTES);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(made);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return made;
}
