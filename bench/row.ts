/** One line of a benchmark: a figure, and its ratio to something measured in the same run, because machines differ. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What `ratio` is against. */
  readonly against: string;
  readonly ratio: number;
  /** What has to be reached. */
  readonly floor: number | string;
}
