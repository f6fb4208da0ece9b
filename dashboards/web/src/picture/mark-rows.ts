/** Where the names of marks stand in the room above a picture: two rows, and no name over another. */

export interface Placed {
  /** Pixels from the left. */
  readonly x: number;
  readonly left?: string;
  readonly right?: string;
  readonly row?: 0 | 1;
}

/** Half a mark's circle and the space to its name. */
const SHAPE_PX = 20;
const CHARACTER_PX = 7.2;

/**
 * Each mark keeps the row it asks for if its name has room there, else it takes the other; where neither has, it keeps its
 * shape and loses its name. Marks come in the order of their importance.
 */
export function rowsFor(marks: readonly Placed[], width: number): { readonly row: 0 | 1; readonly named: boolean }[] {
  const taken: [number, number][][] = [[], []];
  const free = (row: number, [from, to]: [number, number]): boolean => taken[row]?.every(([a, b]) => to < a || from > b) ?? false;
  return marks.map((mark) => {
    const wanted = mark.row ?? 0;
    const whole = extent(mark);
    for (const row of [wanted, 1 - wanted] as (0 | 1)[]) {
      if (whole[0] < 0 || whole[1] > width || !free(row, whole)) continue;
      taken[row]?.push(whole);
      return { row, named: true };
    }
    taken[wanted]?.push([mark.x - SHAPE_PX, mark.x + SHAPE_PX]);
    return { row: wanted, named: false };
  });
}

function extent({ x, left, right }: Placed): [number, number] {
  const room = (text: string | undefined): number => (text === undefined ? SHAPE_PX - 6 : SHAPE_PX + text.length * CHARACTER_PX);
  return [x - room(left), x + room(right)];
}
