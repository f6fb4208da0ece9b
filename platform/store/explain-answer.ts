/** What `plummet explain METRIC TIME --json` prints and `GET /api/metrics/NAME/explain` answers: one shape for both. */
import type { Explanation } from '../../detectors/backtest/explanation.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { sigmasOf } from '../../detectors/steep-drop/threshold.ts';
import type { AskedMetric, Decided, SecondExplained } from './explain-second.ts';

/** The facts of `Explanation`, and where they come from. */
export type ExplanationAnswer = Explanation & {
  readonly metric: string;
  /** The limits that it is explained by: those in force now. */
  readonly pageWhen: PageWhen & { readonly threshold: number };
  /** What was said of the second when it closed; null where that is not kept. */
  readonly decided: Decided | null;
  /** Id of the incident of this metric that the second lies in; null where it lies in none. */
  readonly incident: string | null;
  /** Where its seconds are from. */
  readonly source: 'store' | 'memory' | 'memory and store';
};

export function explanationAnswer(
  { name, pageWhen }: AskedMetric,
  { explanation, decided, source }: Extract<SecondExplained, { explanation: Explanation }>,
  incident: string | null,
): ExplanationAnswer {
  const threshold = -(pageWhen.sigmas ?? sigmasOf(pageWhen.falsePagesPerYear));
  return { metric: name, ...explanation, pageWhen: { ...pageWhen, threshold }, decided, incident, source };
}
