/** A clean exit: what waits is sent, with a farewell, when the process ends by itself or is told to. */
import { setImmediate } from 'node:timers/promises';

/** What has to be sent before the process ends. */
export interface Leaver {
  /** Sends all that waits and a farewell; keeps the process until then. */
  close(): Promise<unknown>;
  /** The app ends itself in its own time: says goodbye and goes on. */
  leave(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

interface State {
  readonly leavers: Set<Leaver>;
  readonly listeners: Map<Signal | 'beforeExit', () => void>;
  /** A signal waits until all have left. */
  ending: boolean;
}

const KEY = Symbol.for('@plummet/sdk exit');
const shared = globalThis as { [KEY]?: State };
// Shared by all copies of this package in the process: each would take the other's listener for the app's own, and wait for it.
shared[KEY] ??= { leavers: new Set(), listeners: new Map(), ending: false };
const state = shared[KEY];

/** @returns for when it has closed by itself */
export function leaveAtExit(leaver: Leaver): () => void {
  if (state.leavers.size === 0 && !state.ending) listen();
  state.leavers.add(leaver);
  return () => {
    state.leavers.delete(leaver);
    // While a signal waits for the last of them, whoever counts listeners must still find ours.
    if (state.leavers.size === 0 && !state.ending) stopListening();
  };
}

function listen(): void {
  state.listeners.set('beforeExit', () => void closeAll());
  for (const signal of SIGNALS) state.listeners.set(signal, () => void leaveOn(signal));
  // First, so that the app's own `once` listeners are still to be counted.
  for (const [event, listener] of state.listeners) process.prependListener(event as Signal, listener);
}

function stopListening(): void {
  for (const [event, listener] of state.listeners) process.off(event, listener);
  state.listeners.clear();
}

async function closeAll(): Promise<void> {
  await Promise.all([...state.leavers].map((leaver) => leaver.close()));
}

/**
 * Where the app handles the signal itself, it ends itself: all we do is send what waits, with a farewell. Otherwise it is we who keep
 * the signal from its work: after the farewell it is raised again without us, so that the exit code is what it would have been.
 * A second signal meanwhile is not ours to hold back.
 */
async function leaveOn(signal: Signal): Promise<void> {
  if (state.ending) return raise(signal);
  if (process.listenerCount(signal) > 1 + countingOnUs(signal)) {
    for (const leaver of state.leavers) leaver.leave();
    return;
  }
  state.ending = true;
  await closeAll();
  // Warnings are printed a moment after they are given.
  await setImmediate();
  raise(signal);
}

function raise(signal: Signal): void {
  stopListening();
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
