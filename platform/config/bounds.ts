/** What a YAML may not be, however right it is: looked at before it is parsed, because parsing is what a bomb attacks. */

export const yamlBounds = {
  bytesMax: 1_000_000,
  /** Blocks nest within one line, `- - - x`, and by its indent: each no deeper than the line is long. */
  lineCharsMax: 4000,
  /** Brackets and braces that are open at once. */
  openMax: 100,
} as const;

export interface Unbounded {
  readonly message: string;
  /** Where in the text. */
  readonly offset: number;
}

/** Null where it may be parsed. Brackets within texts and comments count as well: nothing but a bomb has so many left open. */
export function refuseUnbounded(text: string): Unbounded | null {
  const { bytesMax, lineCharsMax, openMax } = yamlBounds;
  if (Buffer.byteLength(text) > bytesMax) return { message: `is larger than ${bytesMax} bytes: no configuration is.`, offset: 0 };
  let open = 0;
  let lineStart = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char === 0x0a) lineStart = offset + 1;
    else if (char === 0x5b || char === 0x7b) open++;
    else if ((char === 0x5d || char === 0x7d) && open > 0) open--;
    if (offset - lineStart >= lineCharsMax) return { message: `a line has more than ${lineCharsMax} characters.`, offset: lineStart };
    if (open > openMax) return { message: `more than ${openMax} brackets are open at once.`, offset };
  }
  return null;
}
