/** A mistake in the YAML, before and after its place in the file is known. */

export interface Problem {
  /** Keys from the root: `['metrics', 'orders', 'kind']`. */
  readonly path: readonly string[];
  /** What is wrong and why, as a sentence that follows the path. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** Whether the key or its value is at fault. */
  readonly at?: 'key' | 'value';
  /** Warnings are told and change nothing. */
  readonly warning?: true;
}

/** A problem with its place: what a person reads. */
export interface PlacedProblem extends Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Characters at fault, to be underlined. */
  readonly length: number;
}

export { nearest } from '../units/nearest.ts';
