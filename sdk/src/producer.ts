/** Who sends: a name that people know, and random letters that nobody else has. */
import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';

const RANDOM_BYTES = 10;
/** 80 bits in base 36. */
const RANDOM_CHARS = 16;
const NAME_CHARS_MAX = 150;
/** The name is shown in pages, mails and terminals. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** The system's randomness, 0 to 1. */
export const systemRandom = (): number => randomInt(2 ** 32) / 2 ** 32;

/**
 * @param name    left out: the name of this machine
 * @param random  for tests, 0 to 1; left out: the system's own randomness
 * @example producerOf('shop-web-3') // 'shop-web-3#k3v9x0q2m7t1c5zd'
 */
export function producerOf(name: string = hostname(), random?: () => number): string {
  const bytes = random ? Uint8Array.from({ length: RANDOM_BYTES }, () => Math.floor(random() * 256)) : randomBytes(RANDOM_BYTES);
  const bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const shown = name.slice(0, NAME_CHARS_MAX).replaceAll(UNPRINTABLE, '').trim();
  return `${shown === '' ? 'app' : shown}#${bits.toString(36).padStart(RANDOM_CHARS, '0')}`;
}
