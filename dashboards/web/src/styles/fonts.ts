/** Two fonts, served by us, Latin only; each is fetched when something is first set in it. */
import inter from '@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2?url';
import mono from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';

const LATIN =
  'U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, ' +
  'U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD';

/** Inter carries its optical sizes: the display cut for names and numbers, the text cut below. */
const FONTS = [
  { family: 'Inter Variable', url: inter, weight: '100 900' },
  { family: 'JetBrains Mono Variable', url: mono, weight: '100 800' },
] as const;

for (const { family, url, weight } of FONTS) {
  document.fonts.add(new FontFace(family, `url(${url}) format("woff2")`, { weight, display: 'swap', unicodeRange: LATIN }));
}
