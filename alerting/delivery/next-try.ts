/** When the next try at one message to one person is due, and by which of their ways. */
import type { Delivery } from '../incident/deliveries.ts';
import type { Way } from '../oncall/contact.ts';

/** What is known of one way so far, and for how long. */
export interface Known extends Pick<Delivery, 'way' | 'try' | 'is' | 'again' | 'waitMs'> {
  readonly ageMs: number;
  /** This process made the try; its twin lets it go on first. */
  readonly isOwn: boolean;
}

export type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly delayMs: number }
  /** `repeat`: what came of the last try at this way is not known. */
  | { readonly kind: 'try'; readonly way: Way; readonly try: number; readonly repeat: boolean };

/** An intention without an outcome belongs to who wrote it for so long; then that process is taken for dead. */
const OPEN_TRY_MS = 5000;
const RETRY_MS = 2000;
const RETRY_MAX_MS = 30_000;
/** After a failure the process whose try it was goes on; the other one takes over so much later, should that have died. */
const OTHER_LATER_MS = 3000;
/** So often a way is tried before the next one is, if it fails in a manner that may pass. */
const TRIES_BEFORE_NEXT_WAY = 2;
/** A page is tried for ever, a word after it only so often. */
const FOLLOW_UP_TRIES_MAX = 10;

export function nextTry(message: Delivery['message'], ways: readonly Way[], known: readonly Known[]): Next {
  if (ways.length === 0 || known.some(({ is }) => is === 'sent')) return { kind: 'nothing' };
  const tries = known.reduce((sum, delivery) => sum + delivery.try, 0);
  if (message !== 'page' && tries >= FOLLOW_UP_TRIES_MAX) return { kind: 'nothing' };
  const open = known.filter(({ is, ageMs }) => is === 'intended' && ageMs < OPEN_TRY_MS);
  if (open.length > 0) return { kind: 'wait', delayMs: Math.min(...open.map(({ ageMs }) => OPEN_TRY_MS - ageMs)) };
  return untried(ways, known) ?? soonest(ways, known);
}

/** The next way in the order written, once all before it failed for good or often enough. */
function untried(ways: readonly Way[], known: readonly Known[]): Next | null {
  let delayMs = 0;
  for (const way of ways) {
    const before = known.find((delivery) => delivery.way === way.channel);
    if (!before) return delayMs > 0 ? { kind: 'wait', delayMs } : { kind: 'try', way, try: 1, repeat: false };
    const givenUp = before.try >= TRIES_BEFORE_NEXT_WAY || (before.is === 'failed' && (!before.again || asksForLong(before)));
    if (!givenUp) return null;
    delayMs = Math.max(delayMs, before.is === 'failed' && !before.isOwn ? OTHER_LATER_MS - before.ageMs : 0);
  }
  return null;
}

/** A way that asks to be left alone for longer than a try would wait is passed over for the next one meanwhile. */
const asksForLong = ({ waitMs = 0 }: Known): boolean => waitMs > RETRY_MS;

function soonest(ways: readonly Way[], known: readonly Known[]): Next {
  let best: { way: Way; before: Known; delayMs: number } | null = null;
  for (const way of ways) {
    const before = known.find((delivery) => delivery.way === way.channel);
    if (!before) continue;
    const delayMs = before.is === 'intended' ? 0 : Math.max(0, pauseMs(before) - before.ageMs);
    if (!best || delayMs < best.delayMs) best = { way, before, delayMs };
  }
  if (!best) return { kind: 'nothing' };
  if (best.delayMs > 0) return { kind: 'wait', delayMs: best.delayMs };
  return { kind: 'try', way: best.way, try: best.before.try + 1, repeat: best.before.is === 'intended' };
}

/** Even what was refused for good is tried again in the end: somebody may have mended the server meanwhile. */
function pauseMs({ try: tries, again, isOwn, waitMs = 0 }: Known): number {
  const usual = again ? Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(tries - 1, 10)) : RETRY_MAX_MS;
  const own = Math.max(usual, waitMs);
  return isOwn ? own : own + OTHER_LATER_MS;
}
