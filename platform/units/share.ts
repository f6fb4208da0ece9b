/** Shares as people write them: `40%`. */

/** @returns 0..1 and beyond as written, or null where the text is no share */
export function parseShare(text: string): number | null {
  const match = /^(-?\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : null;
}

/** A whole percent: `62%`. */
export function showShare(share: number): string {
  return `${Math.round(share * 100)}%`;
}
