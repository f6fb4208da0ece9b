/** The data folder: may it be written, and is there room? Nothing is written to find out. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Diagnosis } from '../../platform/units/diagnosis.ts';
import { gigabytes, roomOf } from '../../platform/units/room.ts';
import { shownPath } from './config-file.ts';

/** Never throws. @param keeps  what is kept there, for the words */
export async function examineFolder(folder: string, keeps: string): Promise<Diagnosis[]> {
  const of = shownPath(folder);
  const there = await nearestThere(resolve(folder));
  try {
    if (!(await stat(there)).isDirectory()) {
      return [{ is: 'ill', of, says: `${shownPath(there)} is a file, not a folder. Name another with --data.` }];
    }
    await access(there, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(there);
    return [diagnosisOf(of, bavail * bsize, there === resolve(folder) ? keeps : `not there yet, and made at the start; ${keeps}`)];
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return [
      { is: 'ill', of, says: `${shownPath(there)} cannot be written (${code}). Give this user the right, or name another with --data.` },
    ];
  }
}

function diagnosisOf(of: string, freeBytes: number, keeps: string): Diagnosis {
  const says = `${keeps}; ${gigabytes(freeBytes)} free.`;
  const room = roomOf(freeBytes);
  if (room === 'none') return { is: 'ill', of, says: `${says} Make room there, or name another folder with --data.` };
  return room === 'scarce' ? { is: 'warning', of, says: `${says} Make room there.` } : { is: 'well', of, says };
}

/** The folder, or the nearest above it that is there. */
async function nearestThere(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code);
  return found === 'ENOENT' && dirname(path) !== path ? nearestThere(dirname(path)) : path;
}
