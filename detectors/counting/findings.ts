/** What a fold comes upon beside its counts: for telemetry and for topic dead-letters. */

export type Finding =
  /** A record that could not be read, or not wholly; it goes to dead-letters. */
  | ({ readonly is: 'unreadable' } & Unreadable)
  /** Events read before. */
  | { readonly is: 'discarded'; readonly events: number }
  /** Events that a producer says it discarded for want of memory, or that were in batches that never came. */
  | { readonly is: 'lost'; readonly why: 'memory' | 'gap'; readonly producer: string; readonly events: number }
  /** A producer's clock is off by more than `max_clock_skew`. */
  | { readonly is: 'skewed'; readonly producer: string; readonly skewMs: number }
  /** `by` names a field with more values in a block than can have names: from here on only the frequent ones have. */
  | { readonly is: 'too many values'; readonly metric: string; readonly values: number }
  | { readonly is: 'two senders'; readonly producer: string; readonly seq: number };

export interface Unreadable {
  readonly offset: number;
  /** When the log took it, ms since the epoch. */
  readonly at: number;
  /** A stable code. */
  readonly reason: string;
  /** What exactly, for a person. */
  readonly detail: string;
  readonly value: string;
}
