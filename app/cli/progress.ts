/** A progress bar on stderr for long work: only where stderr is a terminal. */

export interface Progress {
  /** So much more is done. */
  add(amount: number): void;
  /** Takes the bar away. */
  stop(): void;
}

const NONE: Progress = { add: () => {}, stop: () => {} };

/** @param total  of what `add` is told; null where it is not known, then there is no bar */
export async function progress(label: string, total: number | null): Promise<Progress> {
  if (process.stderr.isTTY !== true || !total) return NONE;
  const { SingleBar } = (await import('cli-progress')).default;
  const format = `${label} [{bar}] {percentage}% · {eta_formatted} left`;
  const bar = new SingleBar({ format, barsize: 30, clearOnComplete: true, hideCursor: true, barCompleteChar: '=', barIncompleteChar: ' ' });
  bar.start(total, 0);
  return { add: (amount) => bar.increment(amount), stop: () => bar.stop() };
}
