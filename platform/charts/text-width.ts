/** How wide words will be in Inter, so that nothing overlaps or is cut off; nobody asks a browser. */

/** Advances in hundredths of the font's size, regular weight, as the font's own table gives them (to 2). */
const ADVANCES: Readonly<Record<number, string>> = {
  14: '\u202f',
  24: 'ijl',
  28: " I!,.:'\u00b7\u00a0",
  32: '`;',
  36: 't|()/[]\\f',
  42: '1r{}',
  48: '"-^_',
  54: '?skx',
  58: '7LazJcevy',
  61: '25EFhnou3689Zbdgpq',
  65: '#$&*04PRST+<=>B~\u2212\u03c3',
  68: 'AKVXY',
  74: 'CDGHU',
  77: 'NOQ',
  82: 'w',
  89: 'mM\u2026',
  97: '@%W',
};
const ADVANCE_OF = new Map(Object.entries(ADVANCES).flatMap(([advance, signs]) => [...signs].map((sign) => [sign, Number(advance)])));
/** Letters of other alphabets, and signs as wide as they are high. */
const LETTER = 66;
const WIDE = 104;
const SEMIBOLD = 1.04;
const ELLIPSIS = '…';

export interface Type {
  /** Pixels. */
  readonly size: number;
  readonly semibold?: boolean;
}

/** Pixels, within some percent. */
export function textWidth(text: string, { size, semibold = false }: Type): number {
  let hundredths = 0;
  for (const sign of text) hundredths += ADVANCE_OF.get(sign) ?? ((sign.codePointAt(0) as number) < 0x2e80 ? LETTER : WIDE);
  return (hundredths * size * (semibold ? SEMIBOLD : 1)) / 100;
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function shortened(text: string, type: Type, widthMax: number): string {
  if (textWidth(text, type) <= widthMax) return text;
  const signs = [...text];
  while (signs.length > 0 && textWidth(signs.join('').trimEnd() + ELLIPSIS, type) > widthMax) signs.pop();
  return signs.join('').trimEnd() + ELLIPSIS;
}
