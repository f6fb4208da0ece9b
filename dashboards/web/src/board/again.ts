/** When to try again after a connection that failed: soon at first, and never all viewers of a server in the same moment. */

const FIRST_MS = 300;
/** A server that is back is seen within two seconds. */
const LONGEST_MS = 1500;

/**
 * @param failures  in a row before this one
 * @param chance    0..1
 * @returns ms, spread over two thirds of what it is at most
 */
export function againAfterMs(failures: number, chance: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return (most * (1 + 2 * chance)) / 3;
}
