/** Signed numbers as people read them: a true minus, and no number ever parts from its unit. */

const MINUS = '\u2212';
const NARROW_NO_BREAK_SPACE = '\u202f';
const NO_BREAK_SPACE = '\u00a0';

/** `−8.7`, `0.4`: a true minus, as many decimals as asked. */
export function showSigned(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(digits) !== 0 ? `${MINUS}${digits}` : digits;
}

/** `−15.5`, `−100`, `−6`: to a tenth, and no tenth where it is none. The one form of derivatives, sigmas and their thresholds. */
export function showTenths(value: number): string {
  return showSigned(value, 1).replace(/\.0$/, '');
}

/** Standard deviations: `−8.7 σ`. */
export function showSigmas(sigmas: number): string {
  return `${showTenths(sigmas)}${NO_BREAK_SPACE}σ`;
}

/** A derivative in percent of the usual rate per second: `−15.5 %/s`. */
export function showSlope(percentPerSecond: number): string {
  return `${showTenths(percentPerSecond)}${NARROW_NO_BREAK_SPACE}%/s`;
}

/** The share lost, as a change: `−62%`. */
export function showLoss(share: number): string {
  return `${showSigned(-Math.round(share * 100), 0)}%`;
}
