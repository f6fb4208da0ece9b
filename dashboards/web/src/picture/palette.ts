/** The tokens' colours for canvases, read anew when the theme changes. */
import { effect, signal } from '@preact/signals';
import { theme } from '../board/theme.ts';

export interface Palette {
  readonly data: string;
  readonly dropped: string;
  readonly blind: string;
  readonly ok: string;
  readonly bars: string;
  readonly text3: string;
  readonly grid: string;
  readonly zero: string;
  readonly tile: string;
  /** Strength of the usual-rate band. */
  readonly bandAlpha: number;
}

const NAMES = {
  data: '--data',
  dropped: '--dropped',
  blind: '--blind',
  ok: '--ok',
  bars: '--bars',
  text3: '--text-3',
  grid: '--grid',
  zero: '--zero',
  tile: '--tile',
};

export const palette = signal<Palette>(read());

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
  return { ...(colours as unknown as Omit<Palette, 'bandAlpha'>), bandAlpha: Number(style.getPropertyValue('--band-alpha')) || 0.13 };
}

effect(() => {
  theme.value;
  palette.value = read();
});
