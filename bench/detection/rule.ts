/** What is compared: anything that takes a count a second and says when it pages. */
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { type SteepDrop, steepDrop } from '../../detectors/steep-drop/steep-drop.ts';

export interface Rule {
  /** One second; null = no data. @returns whether it pages now */
  next(second: number, count: number | null): boolean;
}

export function plummet(pageWhen: PageWhen = PAGE_WHEN_DEFAULT): Rule {
  return paging(steepDrop(pageWhen));
}

/** A detector as a rule: it pages in the second in which a fall begins. */
export function paging(detector: SteepDrop): Rule {
  return {
    next(second, count) {
      if (count === null) return false;
      const { fall } = detector.next({ second, n: count, share: 1 });
      return fall?.at === second;
    },
  };
}

/** Steepness alone: the scan at a threshold, without the other questions. */
export function steepness(detector: SteepDrop, sigmas: number): Rule {
  return {
    next(second, count) {
      return count !== null && detector.next({ second, n: count, share: 1 }).steepness <= -sigmas;
    },
  };
}
