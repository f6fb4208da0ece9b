/** A clean exit: what waits is sent, with a farewell, when the process ends by itself or is told to. */

/** What has to be sent before the process ends. */
export interface Leaver {
  /** Sends all that waits and a farewell; keeps the process until then. */
  close(): Promise<unknown>;
  /** The app ends itself in its own time: says goodbye and goes on. */
  leave(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

const leavers = new Set<Leaver>();
const handlers = new Map<Signal, () => void>();

/** @returns for when it has closed by itself */
export function leaveAtExit(leaver: Leaver): () => void {
  if (leavers.size === 0) listen();
  leavers.add(leaver);
  return () => {
    leavers.delete(leaver);
    if (leavers.size === 0) stopListening();
  };
}

function listen(): void {
  process.on('beforeExit', closeAll);
  for (const signal of SIGNALS) {
    const handler = (): void => void leaveOn(signal);
    handlers.set(signal, handler);
    // First, so that the app's own `once` listeners are still to be counted.
    process.prependListener(signal, handler);
  }
}

function stopListening(): void {
  process.off('beforeExit', closeAll);
  for (const signal of SIGNALS) forget(signal);
}

function forget(signal: Signal): void {
  const handler = handlers.get(signal);
  if (handler) process.off(signal, handler);
  handlers.delete(signal);
}

async function closeAll(): Promise<void> {
  await Promise.all([...leavers].map((leaver) => leaver.close()));
}

/**
 * Where the app handles the signal itself, it ends itself: all we do is send what waits, with a farewell. Otherwise it is we who keep
 * the signal from its work: after the farewell it is raised again without us, so that the exit code is what it would have been.
 * A second signal meanwhile is not ours any more: it ends the process at once.
 */
async function leaveOn(signal: Signal): Promise<void> {
  if (process.listenerCount(signal) > 1 + countingOnUs(signal)) {
    for (const leaver of leavers) leaver.leave();
    return;
  }
  forget(signal);
  await closeAll();
  process.kill(process.pid, signal);
}

/**
 * Listeners of the package signal-exit, which comes with many others: they raise the signal again only where nobody else listens, so
 * if we waited for them in turn, the process would never end.
 * @see https://github.com/tapjs/signal-exit, src/index.ts
 */
function countingOnUs(signal: Signal): number {
  const known = [
    (globalThis as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')],
    (process as unknown as Record<string, unknown>).__signal_exit_emitter__,
  ];
  const loaded = known.reduce((sum: number, emitter) => sum + ((emitter as { count?: number } | undefined)?.count ?? 0), 0);
  return Math.min(loaded, process.listenerCount(signal) - 1);
}
