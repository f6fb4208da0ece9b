/** What the demo made up, kept beside what it made up: a restart makes up nothing twice, and every made-up second can be marked. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { Span, Weeks } from './weeks.ts';

export interface MadeUp {
  /** Null where there was a past already when the demo first came. */
  readonly weeks: Weeks | null;
  /** Of the outage in them: the first lines of topic `incidents`; null before they are told. */
  readonly journal: readonly JournalLine[] | null;
  /** Seconds that were told as signals before each start, oldest first. */
  readonly shown: readonly Span[];
}

const FILE = 'rehearsed.json';
/** A demo that is started each day is told of for years. */
const SHOWN_MAX = 1000;

/** Null where nothing was made up yet, or what it says cannot be read. */
export async function readMadeUp(folder: string): Promise<MadeUp | null> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as MadeUp;
  } catch {
    return null;
  }
}

/** Whole or not at all. */
export async function keepMadeUp(folder: string, { shown, ...madeUp }: MadeUp): Promise<void> {
  const file = join(folder, FILE);
  await writeFile(`${file}.new`, JSON.stringify({ ...madeUp, shown: shown.slice(-SHOWN_MAX) }));
  await rename(`${file}.new`, file);
}
