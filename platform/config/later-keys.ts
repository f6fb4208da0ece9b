/** Keys that people look for and this Plummet does not have: what there is instead. */

/** By their path, `*` for any name. Each says what serves today. */
const INSTEAD: Readonly<Record<string, string>> = {
  'metrics.*.on_blind': 'Leave it out: blindness is shown on the wall, and is never taken for a fall.',
  'metrics.*.team': 'Leave it out: every metric belongs to the team `default`.',
  silences: 'Leave it out. Hours in which nothing is to page stand under `closed:` of a metric.',
  maintenance: 'Leave it out. Hours in which nothing is to page stand under `closed:` of a metric.',
  drill: 'Leave it out. `plummet demo` plays an outage on this machine, page and all.',
  watchdog: 'Leave it out. Let an outside service ask `/readyz` of this Plummet: it answers 503 or nothing when something is wrong.',
};

/** @returns what to do, or undefined where it is a mistake like any other */
export function insteadOf(path: readonly string[]): string | undefined {
  const [root, , ...more] = path;
  return INSTEAD[path.length > 1 ? [root, '*', ...more].join('.') : path.join('.')];
}
