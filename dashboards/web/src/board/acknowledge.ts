/** "I have it": told to the server; whoever looks at the same wall sees it from the stream. */
import { signal } from '@preact/signals';
import { hello } from './board.ts';

const KEPT = 'plummet-person';

/** The incident that is being acknowledged, and what went wrong with the last try. */
export const acknowledging = signal<{ readonly id: string; readonly failed: string | null } | null>(null);
/** The incident for which it is being asked who has it. */
export const asking = signal<string | null>(null);

/** Asks for a name only where several are on call and none was given on this screen before. */
export function acknowledge(id: string): void {
  const people = hello.value?.onCall ?? [];
  const person = people.length > 1 ? remembered(people) : people[0];
  if (person === undefined && people.length > 1) {
    asking.value = id;
    return;
  }
  void send(id, person);
}

export function acknowledgeAs(id: string, person: string): void {
  asking.value = null;
  try {
    localStorage.setItem(KEPT, person);
  } catch {
    // It is asked again the next time.
  }
  void send(id, person);
}

function remembered(people: readonly string[]): string | undefined {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept !== null && people.includes(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

async function send(id: string, person: string | undefined): Promise<void> {
  if (acknowledging.value?.id === id && acknowledging.value.failed === null) return;
  acknowledging.value = { id, failed: null };
  try {
    const response = await fetch(`/api/incidents/${encodeURIComponent(id)}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person === undefined ? {} : { person }),
    });
    if (response.ok || response.status === 409) return;
    const { error } = (await response.json()) as { error?: { message?: string } };
    acknowledging.value = { id, failed: error?.message ?? `the server answered ${response.status}` };
  } catch {
    acknowledging.value = { id, failed: 'the server does not answer; the link in the mail works from anywhere' };
  }
}
