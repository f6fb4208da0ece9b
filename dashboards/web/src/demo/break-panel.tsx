/** What can be done to the demo shop, and what each would mean for whoever is on call. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { beat } from '../board/board.ts';
import { Bolt, Box, Card, HollowOctagon, Slope, Tick } from '../parts/icons.tsx';

interface Action {
  readonly name: string;
  readonly label: string;
  readonly means: string;
  readonly icon: ComponentType<{ size?: number }>;
}

const ACTIONS: readonly Action[] = [
  { name: 'break-checkout', label: 'Break the checkout', means: 'pages you in seconds', icon: HollowOctagon },
  { name: 'lose-payments', label: 'Lose 60% of payments', means: 'pages', icon: Card },
  { name: 'slow-slide', label: 'Let orders slide slowly', means: 'pages nobody', icon: Slope },
  { name: 'flash-sale', label: 'Flash sale, and its end', means: 'pages nobody', icon: Bolt },
  { name: 'deploy-blip', label: 'Deploy, a dip of 1\u00a0s', means: 'pages nobody', icon: Box },
];
const MEND: Action = { name: 'mend', label: 'Mend the shop', means: 'resolves by itself', icon: Tick };
/** These pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['deploy-blip', 'mend']);

/** What was done last, and what went wrong with it. */
const done = signal<string | null>(null);
const failed = signal<string | null>(null);

async function act(name: string): Promise<void> {
  failed.value = null;
  try {
    const response = await fetch(`/api/demo/${name}`, { method: 'POST' });
    if (response.ok) {
      done.value = PASSING.has(name) ? null : name;
      beat.value++;
      return;
    }
    const { error } = (await response.json()) as { error?: { message?: string } };
    failed.value = error?.message ?? `the server answered ${response.status}`;
  } catch {
    failed.value = 'the server does not answer';
  }
}

export function BreakPanel() {
  const broken = done.value !== null;
  return (
    <section class="panel break-panel" aria-labelledby="break-title">
      <h2 id="break-title">Break something</h2>
      <p>The shop is a real process and sends through the SDK. See how a person would be reached.</p>
      <ul>
        {ACTIONS.map((action) => (
          <ActionButton
            key={action.name}
            action={action}
            primary={!broken && action.name === 'break-checkout'}
            pressed={done.value === action.name}
          />
        ))}
        <ActionButton action={MEND} primary={broken} pressed={false} />
      </ul>
      {failed.value && <p role="alert">Not done: {failed.value}</p>}
    </section>
  );
}

function ActionButton({ action, primary, pressed }: { action: Action; primary: boolean; pressed: boolean }) {
  const Icon = action.icon;
  return (
    <li>
      <button type="button" class={`action${primary ? ' primary' : ''}`} aria-pressed={pressed} onClick={() => void act(action.name)}>
        <Icon size={16} />
        <span>{action.label}</span>
        <small>{pressed ? 'done' : action.means}</small>
      </button>
    </li>
  );
}
