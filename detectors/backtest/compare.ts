/** Two lists of pages of the same seconds → what differs: who sends a page that the other does not, and who sends it later. */

/** Seconds since the epoch. */
interface Paged {
  /** The first second of the fall. */
  readonly from: number;
  readonly at: number;
  /** Null while it is not over. */
  readonly resolvedAt: number | null;
}

export interface InBoth<Page> {
  readonly inForce: Page;
  readonly candidate: Page;
  /** The candidate pages so many seconds later; below 0 earlier. */
  readonly laterSeconds: number;
}

/** Each in the order of time. */
export interface Compared<Page> {
  readonly both: readonly InBoth<Page>[];
  readonly onlyInForce: readonly Page[];
  readonly onlyCandidate: readonly Page[];
}

/** Falls that begin no further apart are one, though the page of one was over before the other was sent. */
export const SAME_FALL_SECONDS = 60;
/** A page is held against so many of the other list, the nearest: one that lasts for weeks overlaps them all. */
const NEAREST_MAX = 8;
const LOOKED_AT_MAX = 400;

/**
 * Pages are of the same fall where their times from the fall's first second to its end overlap, or where the falls begin within
 * `SAME_FALL_SECONDS`. Each is matched once, those first that were sent in the nearest seconds.
 *
 * @param inForce  in the order in which they were sent, as is `candidate`
 */
export function compare<Page extends Paged>(inForce: readonly Page[], candidate: readonly Page[]): Compared<Page> {
  const pairs = inForce.flatMap((page, i) => nearestOf(page, candidate).map((j) => ({ i, j, apart: apartOf(page, candidate[j] as Page) })));
  pairs.sort((a, b) => a.apart - b.apart || a.i - b.i || a.j - b.j);
  const of = new Map<number, number>();
  const taken = new Set<number>();
  for (const { i, j } of pairs) {
    if (of.has(i) || taken.has(j)) continue;
    of.set(i, j);
    taken.add(j);
  }
  const both = inForce.flatMap((page, i): InBoth<Page>[] => {
    const other = candidate[of.get(i) ?? -1];
    return other ? [{ inForce: page, candidate: other, laterSeconds: other.at - page.at }] : [];
  });
  return { both, onlyInForce: inForce.filter((_, i) => !of.has(i)), onlyCandidate: candidate.filter((_, j) => !taken.has(j)) };
}

/** Places of those that are of the same fall, the nearest in time first. */
function nearestOf<Page extends Paged>(page: Page, others: readonly Page[]): number[] {
  const same: number[] = [];
  let right = firstFrom(page.at, others);
  let left = right - 1;
  for (let looked = 0; looked < LOOKED_AT_MAX && same.length < NEAREST_MAX; looked++) {
    const [before, after] = [others[left], others[right]];
    const next = !before || (after && apartOf(page, after) <= apartOf(page, before)) ? after : before;
    if (!next) break;
    if (isSameFall(page, next)) same.push(next === after ? right : left);
    if (next === after) right++;
    else left--;
  }
  return same;
}

/** The first place that is not before a second. */
function firstFrom(second: number, pages: readonly Paged[]): number {
  let [from, to] = [0, pages.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((pages[middle] as Paged).at < second) from = middle + 1;
    else to = middle;
  }
  return from;
}

const apartOf = (a: Paged, b: Paged): number => Math.abs(a.at - b.at);

function isSameFall(a: Paged, b: Paged): boolean {
  const overlap = a.from <= endOf(b) && b.from <= endOf(a);
  return overlap || Math.abs(a.from - b.from) <= SAME_FALL_SECONDS;
}

function endOf({ resolvedAt }: Paged): number {
  return resolvedAt ?? Number.POSITIVE_INFINITY;
}
