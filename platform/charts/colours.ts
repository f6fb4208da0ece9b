/** The colours of pictures, each with a role; the same as the dashboard's tokens. */

/** What a picture is drawn in: mail and paper. */
export const LIGHT = {
  tile: '#ffffff',
  line: '#e2e6eb',
  text1: '#12161c',
  text2: '#4c5663',
  text3: '#626c79',
  data: '#0072b2',
  ok: '#007a58',
  attention: '#8a5a00',
  dropped: '#b84300',
  blind: '#984172',
  bars: '#808b98',
  zero: '#c3cad2',
} as const;

export type Colour = keyof typeof LIGHT;

const DARK: Readonly<Record<Colour, string>> = {
  tile: '#12151a',
  line: '#20252d',
  text1: '#eef1f5',
  text2: '#a8b1bd',
  text3: '#828c99',
  data: '#56b4e9',
  ok: '#1fb98c',
  attention: '#f0ae1c',
  dropped: '#ff7a33',
  blind: '#dd94bb',
  bars: '#6b7787',
  zero: '#3a424d',
};

/** Strength of the usual-rate band, of the loss, and of grid lines (drawn in text1). */
export const BAND_ALPHA = 0.1;
export const LOSS_ALPHA = 0.16;
export const GRID_ALPHA = 0.065;

/**
 * Rules that turn every colour within `.className` dark where the reader's system is. They only override attributes, so a
 * page that allows no styles, and whatever knows no media queries, shows the light picture on its own light ground.
 */
export function darkRules(className: string): string {
  const rules = (Object.keys(LIGHT) as Colour[]).flatMap((colour) =>
    ['fill', 'stroke'].map((what) => `.${className} [${what}="${LIGHT[colour]}"]{${what}:${DARK[colour]}}`),
  );
  return `@media (prefers-color-scheme:dark){${rules.join('')}}`;
}
