/** Durations as people write them: `250ms`, `4s`, `5m`, `2h`, `30d`. */

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds, or null where the text is no duration */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return null;
  return Number(match[1]) * (UNIT_MS[match[2] as string] as number);
}

/** `87 s`, `2 min 31 s`, `1 h 5 min`: the two largest units; a number never parts from its unit (no-break space). */
export function showDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 10_000 && ms % 1000 !== 0) return `${(ms / 1000).toFixed(1)}\u00a0s`;
  if (seconds < 120) return `${seconds}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return seconds % 60 === 0 ? `${minutes}\u00a0min` : `${minutes}\u00a0min ${seconds % 60}\u00a0s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${minutes % 60}\u00a0min`;
}
