/** Events of types that no metric counts: how many of each a block holds, so that somebody is told that they arrive. */
import type { TypeCount } from '../../platform/topics/counts.ts';

/** Of one block. Beyond it they are counted together, under no name. */
const TYPES_MAX = 1000;
export const OTHER_TYPES = '';

interface Cell {
  n: number;
  changed: boolean;
}

export class Unwatched {
  readonly #cells = new Map<string, Cell>();

  add(type: string, n: number): void {
    const cell = this.#cells.get(type) ?? this.#begin(type);
    cell.n += n;
    cell.changed = true;
  }

  /** Types that changed since this was called last, each whole for the block. */
  takeChanged(): TypeCount[] {
    const changed: TypeCount[] = [];
    for (const [type, cell] of this.#cells) {
      if (!cell.changed) continue;
      cell.changed = false;
      changed.push([type, cell.n]);
    }
    return changed;
  }

  /** A new block begins. */
  clear(): void {
    this.#cells.clear();
  }

  #begin(type: string): Cell {
    const name = this.#cells.size < TYPES_MAX ? type : OTHER_TYPES;
    const known = this.#cells.get(name);
    if (known) return known;
    const cell = { n: 0, changed: false };
    this.#cells.set(name, cell);
    return cell;
  }
}
