/** Rates as people read them: 1,480/s, 118/s, 6.4/s, 0.31/s. */

/** Made once: a screen of a hundred metrics writes some hundred numbers a second. */
const grouped = new Intl.NumberFormat('en-US');

/** Three digits at most below 1,000; the first decimal from 10 down, two below 1. */
export function showRate(rate: number): string {
  if (rate === 0) return '0/s';
  if (rate < 1) return `${rate.toFixed(2)}/s`;
  if (rate < 10) return `${rate.toFixed(1)}/s`;
  return `${grouped.format(Math.round(rate))}/s`;
}

/** What a metric's numbers are in a second: events, or the sum of a field. */
export function perSecond(value?: string): string {
  return `${value ?? 'events'} a second`;
}

/** `about 5,800 orders`; of a sum, `about 12,300 of revenue (amount)`. */
export function showMissing(missing: number, metric: string, value?: string): string {
  const about = `about ${showAbout(missing)}`;
  return value === undefined ? `${about} ${metric}` : `${about} of ${metric} (${value})`;
}

/** Two significant digits: `about 5,800`. */
export function showAbout(count: number): string {
  if (count < 10) return String(Math.round(count));
  const digits = 10 ** Math.floor(Math.log10(count) - 1);
  return grouped.format(Math.round(count / digits) * digits);
}
