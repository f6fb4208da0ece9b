/** Pages that came against pages that were expected: where they differ. */
import type { Page } from './replay.ts';
import type { ExpectedPage } from './rule-test.ts';

/** Seconds since the epoch; `delay` counts from `after` to the end of the second that paged. */
export type Difference =
  /** It did not come, or only later, or too soon. */
  | { readonly is: 'missing'; readonly expected: ExpectedPage }
  | { readonly is: 'late' | 'early'; readonly expected: ExpectedPage; readonly page: Page; readonly delay: number }
  | { readonly is: 'unexpected'; readonly page: Page }
  | { readonly is: 'drop'; readonly expected: ExpectedPage; readonly page: Page }
  | { readonly is: 'not resolved'; readonly expected: ExpectedPage; readonly page: Page };

/** One repeat. */
export interface Compared {
  readonly differences: readonly Difference[];
  /** Of each expected page that came, in the order of `expected`; null where it did not. */
  readonly delays: readonly (number | null)[];
}

/**
 * Each expected page takes the first page from `after` on that no earlier one took, up to where the next one is expected.
 *
 * @param start  of the series; both lists are in the order of time
 */
export function comparePages(expected: readonly ExpectedPage[], pages: readonly Page[], start: number): Compared {
  const differences: Difference[] = [];
  const left = [...pages];
  const delays = expected.map((one, i) => {
    const from = start + one.after;
    const next = expected[i + 1];
    const until = next ? start + next.after : Number.POSITIVE_INFINITY;
    const at = left.findIndex((page) => page.at >= from && page.at < until);
    if (at < 0) {
      differences.push({ is: 'missing', expected: one });
      return null;
    }
    const [page] = left.splice(at, 1) as [Page];
    const delay = page.at + 1 - from;
    const wrong = wrongOf(one, page, delay);
    if (wrong) differences.push(wrong);
    return wrong?.is === 'late' ? null : delay;
  });
  for (const page of left) differences.push({ is: 'unexpected', page });
  return { differences: differences.sort((a, b) => timeOf(a, start) - timeOf(b, start)), delays };
}

function wrongOf(expected: ExpectedPage, page: Page, delay: number): Difference | null {
  const { within, notBefore, drop, resolvedWithin } = expected;
  if (delay > within) return { is: 'late', expected, page, delay };
  if (delay < notBefore) return { is: 'early', expected, page, delay };
  if (drop && (page.drop < drop.least || page.drop > drop.most)) return { is: 'drop', expected, page };
  const took = page.resolvedAt === null ? Number.POSITIVE_INFINITY : page.resolvedAt - page.at;
  return resolvedWithin !== undefined && took > resolvedWithin ? { is: 'not resolved', expected, page } : null;
}

const timeOf = (difference: Difference, start: number): number =>
  'page' in difference ? difference.page.at : start + difference.expected.after;
