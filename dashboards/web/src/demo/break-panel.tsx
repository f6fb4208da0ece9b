/** What can be done to the demo shop, and what each would mean for whoever is on call. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { beat, incidents } from '../board/board.ts';
import './break-panel.css';
import { Bolt, Box, Card, HollowOctagon, Slope, StruckEye, Tick } from '../parts/icons.tsx';

interface Action {
  readonly name: string;
  readonly label: string;
  readonly means: string;
  readonly icon: ComponentType<{ size?: number }>;
  /** Ends by itself after so many seconds; left out: it lasts until it is mended. */
  readonly lastsSeconds?: number;
}

const ACTIONS: readonly Action[] = [
  { name: 'break-checkout', label: 'Break the checkout', means: 'pages you in about 5\u00a0s', icon: HollowOctagon },
  { name: 'lose-payments', label: 'Lose 60% of payments', means: 'pages', icon: Card },
  { name: 'lose-country', label: 'Lose one country', means: 'pages within a minute', icon: HollowOctagon },
  { name: 'deploy-blip', label: 'Deploy, a dip of 1\u00a0s', means: 'pages nobody', icon: Box, lastsSeconds: 1 },
  { name: 'cut', label: 'Cut the network, 20\u00a0s', means: 'blind, pages nobody', icon: StruckEye, lastsSeconds: 20 },
  { name: 'flash-sale', label: 'Flash sale, and its end', means: 'pages nobody', icon: Bolt, lastsSeconds: 90 },
  { name: 'slow-slide', label: 'Slow slide, 3\u00a0min', means: 'pages nobody', icon: Slope },
];
const MEND = 'mend';
/** So much longer is needed until the last of its seconds is decided on. */
const TOLD_AFTER_MS = 2000;

/** What was done last, and what went wrong with it. */
const done = signal<string | null>(null);
const failed = signal<string | null>(null);
/** Whoever mended it sees an incident for a minute more, until it is known to be over. */
const mended = signal(false);
let passing: ReturnType<typeof setTimeout> | undefined;

async function act(name: string): Promise<void> {
  failed.value = null;
  try {
    const response = await fetch(`/api/demo/${name}`, { method: 'POST' });
    if (response.ok) {
      took(name);
      beat.value++;
      return;
    }
    const { error } = (await response.json()) as { error?: { message?: string } };
    failed.value = error?.message ?? `the server answered ${response.status}`;
  } catch {
    failed.value = 'the server does not answer';
  }
}

/** What passes by itself is not shown as done any more once it has. */
function took(name: string): void {
  clearTimeout(passing);
  mended.value = name === MEND;
  done.value = mended.value ? null : name;
  const { lastsSeconds } = ACTIONS.find((action) => action.name === name) ?? {};
  if (lastsSeconds === undefined) return;
  passing = setTimeout(
    () => {
      if (done.value === name) done.value = null;
    },
    lastsSeconds * 1000 + TOLD_AFTER_MS,
  );
}

export function BreakPanel() {
  // Whoever looks only now finds it broken all the same.
  const fallen = incidents.value.incidents.some(({ is }) => is !== 'resolved');
  const broken = done.value !== null || (fallen && !mended.value);
  return (
    <section class="panel break-panel" aria-labelledby="break-title">
      <div class="break-head">
        <h2 id="break-title">Break something</h2>
        {broken && (
          <button type="button" class="action primary mend" onClick={() => void act(MEND)}>
            <Tick size={16} />
            <span>Mend it</span>
          </button>
        )}
      </div>
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
