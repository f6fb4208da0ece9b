/** Numbers as the wall shows them, where the rate and its unit are set in different sizes. */
import { showSigned, showTenths } from '../../../../platform/units/numbers.ts';
import { showRate } from '../../../../platform/units/rate.ts';

/** `122`, `5.1`, `0.31`, without the unit. */
export function rateDigits(rate: number): string {
  return showRate(rate).replace('/s', '');
}

/** A second's count as it is; of a sum no more than two decimals. */
export function showSum(n: number): string {
  return String(Number(n.toFixed(2)));
}

/** `+3%`, `−20%`: how far the rate is from usual. */
export function againstUsual(rate: number, usual: number): string {
  const share = Math.round((rate / usual - 1) * 100);
  if (share === 0) return 'as usual';
  return share > 0 ? `+${share}%` : `${showSigned(share, 0)}%`;
}

/** `+0.1`, `−15.5`: the derivative, always signed, for its strip. */
export function signedSlope(derivative: number): string {
  const text = showTenths(derivative);
  return derivative > 0 && text !== '0' ? `+${text}` : text;
}

/** `1:19`, `1:02:05`: a watch that runs. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `23 days`, `5 hours`, `12 minutes`: for how long nobody was woken. */
export function longWhile(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours >= 48) return `${Math.floor(hours / 24)}\u00a0days`;
  if (hours >= 2) return `${hours}\u00a0hours`;
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  return minutes === 1 ? '1\u00a0minute' : `${minutes}\u00a0minutes`;
}

/** `orders`, `orders and payments`, `orders, payments and signups` */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `An`, `BL`: what stands for a person in a circle. */
export function initialsOf(name: string): string {
  const words = name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .map((word) => [...word]);
  const [first = []] = words;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return last ? `${first[0]}${last[0]}`.toUpperCase() : capitalised(first.slice(0, 2).join(''));
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
