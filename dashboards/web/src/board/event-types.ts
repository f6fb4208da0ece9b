/** Which event types arrive and are watched by nobody: asked again while somebody looks. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { EventTypesAnswer } from '../../../live-frames.ts';

/** Somebody who waits for a first event sees it soon; later there is no haste. */
const SOON_MS = 1500;
const LATER_MS = 15_000;

/** null until it was asked for the first time. */
export const eventTypes = signal<EventTypesAnswer | null>(null);

async function ask(): Promise<void> {
  try {
    const response = await fetch('/api/event-types');
    if (response.ok) eventTypes.value = (await response.json()) as EventTypesAnswer;
  } catch {
    // The bar below says that the server does not answer.
  }
}

/** @param again  changes when the answer may have: what is watched */
export function useEventTypes(waiting: boolean, again: unknown): void {
  useEffect(() => {
    void ask();
    const timer = setInterval(() => document.hidden || void ask(), waiting ? SOON_MS : LATER_MS);
    return () => clearInterval(timer);
  }, [waiting, again]);
}
