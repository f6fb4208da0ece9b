/** Pages of a backtest as pictures in a folder: an SVG and a PNG of each. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '../../detectors/backtest/replay.ts';
import type { Around } from '../../detectors/backtest/surroundings.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { fallPicture } from '../../platform/charts/fall.ts';
import { rasterize } from '../../platform/charts/png.ts';
import { shownPath } from './config-file.ts';
import { UserError } from './output.ts';

export interface Pictured {
  readonly page: Page;
  readonly around: Around;
}

export class PagePictures {
  readonly #folder: string;
  readonly #timeZone: string;
  /** Names that are taken: two files may have one name, in two folders. */
  readonly #taken = new Set<string>();

  /** @throws UserError where the folder cannot be made */
  constructor(folder: string, timeZone: string) {
    this.#folder = folder;
    this.#timeZone = timeZone;
    try {
      if (!isFolder(folder)) mkdirSync(folder);
    } catch (error) {
      throw cannotWrite(folder, error);
    }
  }

  /**
   * Draws the pages of one file, or of one metric.
   *
   * @param whose  stands in the pictures' names, where there are those of several
   * @throws UserError where the folder takes no file
   */
  async draw(file: string, pictured: readonly Pictured[], pageWhen: PageWhen, whose = ''): Promise<void> {
    const name = basename(file).replace(/(\.csv)?(\.gz)?$/i, '');
    for (const { page, around } of pictured) {
      const svg = fallPicture({ name, ...page, ...around, usual: page.rateBefore, ...this.#asked(pageWhen) });
      const path = join(this.#folder, this.#free(`${name}${whose}-${stamp(page.at)}`));
      const png = await rasterize(svg);
      try {
        writeFileSync(`${path}.svg`, svg);
        writeFileSync(`${path}.png`, png);
      } catch (error) {
        throw cannotWrite(this.#folder, error);
      }
    }
  }

  #asked({ drop, withinSeconds, eventsPerSecond2 }: PageWhen): { timeZone: string; derivativeThreshold: number | null } {
    return { timeZone: this.#timeZone, derivativeThreshold: eventsPerSecond2 === undefined ? (-100 * drop) / withinSeconds : null };
  }

  #free(name: string): string {
    let free = name;
    for (let n = 2; this.#taken.has(free); n++) free = `${name}-${n}`;
    this.#taken.add(free);
    return free;
  }
}

/** `20260105T140308Z`: sorts by time, and every file system takes it. */
function stamp(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, -5).replaceAll(/[-:]/g, '')}Z`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function cannotWrite(folder: string, error: unknown): UserError {
  return new UserError(`no picture can be written to ${shownPath(folder)}: ${(error as Error).message}`, {
    hint: 'Name a folder with --pictures.',
  });
}
