/** Dark or light: as the system says, until somebody chooses. */
import { computed, effect, signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const KEPT = 'plummet-theme';
const system = matchMedia('(prefers-color-scheme: light)');
const systemTheme = signal<Theme>(system.matches ? 'light' : 'dark');
const chosen = signal<Theme | null>(kept());

export const theme = computed<Theme>(() => chosen.value ?? systemTheme.value);

export function switchTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  chosen.value = next === systemTheme.value ? null : next;
  try {
    if (chosen.value) localStorage.setItem(KEPT, chosen.value);
    else localStorage.removeItem(KEPT);
  } catch {
    // Where nothing can be kept, the choice holds until the page is left.
  }
}

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(KEPT);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null;
  }
}

system.addEventListener('change', () => {
  systemTheme.value = system.matches ? 'light' : 'dark';
});

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
