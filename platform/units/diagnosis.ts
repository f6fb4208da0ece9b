/** What somebody who looks at a part of the whole finds there, with what mends it. */

export interface Diagnosis {
  /** `ill`: it would stop or mislead Plummet. `warning`: it works, and worse than it could. */
  readonly is: 'well' | 'warning' | 'ill';
  /** What it is about: `broker 127.0.0.1:9092`. */
  readonly of: string;
  readonly says: string;
  /** Commands, or lines of a file, that mend it; each is to be copied as it stands. */
  readonly mend?: readonly string[];
}
