/** YAML fragment `page_when`: how deep, how steep, how sure and for how long a fall must be to wake a person. */
import Type, { type Static } from 'typebox';
import { parseBudget } from '../../platform/units/budget.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import { parseShare } from '../../platform/units/share.ts';

/** What the rule works with. */
export interface PageWhen {
  /** Share lost, against every normal, 0..1. */
  readonly drop: number;
  /** The fall itself takes no longer than this: drop / |derivative|. */
  readonly withinSeconds: number;
  readonly falsePagesPerYear: number;
  /** How long it must have lasted. */
  readonly forSeconds: number;
  /** Sure from so many sigmas (> 0) on, in place of the budget of false pages. */
  readonly sigmas?: number;
}

const text = Type.Union([Type.String(), Type.Number()]);

export const pageWhenFragment = Type.Object(
  {
    drop: Type.Optional(Type.String({ description: 'Share lost against every normal, like 40%', default: '40%' })),
    derivative: Type.Optional({
      ...text,
      description: 'How steep: percent of the usual rate per second, like -3; or "-6 sigma"',
      default: -3,
    }),
    within: Type.Optional(Type.String({ description: 'The same knob as derivative: the fall takes no longer than this, like 13s' })),
    false_pages: Type.Optional({ ...text, description: 'How sure: false pages that are allowed, like 1/year', default: '1/year' }),
    for: Type.Optional({ ...text, description: "How long it must have lasted, like 4s: a deploy's dip of 2 s is ignored", default: '4s' }),
  },
  { additionalProperties: false, description: 'When a fall is a page' },
);

export type PageWhenEntry = Static<typeof pageWhenFragment>;

/** A mistake in the fragment: the key at fault, what is wrong and why, what to do. */
export interface PageWhenProblem {
  readonly key?: string;
  readonly message: string;
  readonly hint?: string;
}

const DROP_DEFAULT = 0.4;
const DERIVATIVE_DEFAULT = -3;
const BUDGET_DEFAULT = 1;
const FOR_DEFAULT_SECONDS = 4;
/** The longest window that the rule looks at. */
export const FOR_SECONDS_MAX = 512;
const DROP_MIN = 0.05;
const DROP_MAX = 0.95;
const WITHIN_SECONDS_MAX = 512;
const SIGMAS_MIN = 4;
const SIGMAS_MAX = 20;

/** Reads what a person wrote, with the defaults for what was left out. */
export function pageWhenOf(entry: PageWhenEntry): PageWhen | PageWhenProblem {
  if (entry.derivative !== undefined && entry.within !== undefined) {
    const message = '`derivative` and `within` are the same knob (within = drop / |derivative|): two values contradict each other.';
    return { key: 'within', message, hint: 'Keep one of them.' };
  }
  const drop = entry.drop === undefined ? DROP_DEFAULT : parseShare(entry.drop);
  if (drop === null || drop < DROP_MIN || drop > DROP_MAX) {
    const why = 'less is within every noise, and all of it may never be gone to the last event';
    return { key: 'drop', message: `"${entry.drop}" must be a share from 5% to 95%: ${why}.`, hint: 'Write it like 40%.' };
  }
  const steep = steepnessOf(entry, drop);
  if ('message' in steep) return steep;
  const budget = budgetOf(entry.false_pages);
  if (typeof budget !== 'number') return budget;
  const forSeconds = forOf(entry.for);
  if (typeof forSeconds !== 'number') return forSeconds;
  return { drop, ...steep, falsePagesPerYear: budget, forSeconds };
}

type Steep = Pick<PageWhen, 'withinSeconds' | 'sigmas'>;

function steepnessOf({ derivative, within }: PageWhenEntry, drop: number): Steep | PageWhenProblem {
  if (within !== undefined) {
    const ms = parseDuration(within);
    if (ms === null || ms < 1000 || ms > WITHIN_SECONDS_MAX * 1000) {
      return {
        key: 'within',
        message: `"${within}" must be a time from 1s to 512s, the longest window there is.`,
        hint: 'Write it like 13s.',
      };
    }
    return { withinSeconds: ms / 1000 };
  }
  const sigma = typeof derivative === 'string' ? /^(-\d+(?:\.\d+)?)\s*(?:sigma|σ)$/.exec(derivative.trim()) : null;
  if (sigma) {
    const sigmas = -Number(sigma[1]);
    if (sigmas >= SIGMAS_MIN && sigmas <= SIGMAS_MAX) return { withinSeconds: drop * (100 / -DERIVATIVE_DEFAULT), sigmas };
    return { key: 'derivative', message: `"${derivative}" must lie between -4 and -20 sigma: at -4 healthy noise pages 60 times a day.` };
  }
  const literal = typeof derivative === 'string' && /events\/s\s*(2|²|\^2)/.test(derivative);
  if (literal) {
    const message = `"${derivative}" would page by noise alone: 140 times a day at 10 events/s, and never at 0.5/s.`;
    return { key: 'derivative', message, hint: 'Write percent of the usual rate per second: -3.' };
  }
  const plain = typeof derivative === 'string' ? Number(derivative.replace(/\s*%(\/s)?$/, '')) : (derivative ?? DERIVATIVE_DEFAULT);
  const withinSeconds = (drop * 100) / -plain;
  if (!Number.isFinite(plain) || plain >= 0 || withinSeconds < 0.5 || withinSeconds > WITHIN_SECONDS_MAX) {
    const allowed = `a negative number of percent per second, for a drop of ${Math.round(drop * 100)}% from -${(drop * 200).toFixed(0)}`;
    const message = `"${derivative}" must be ${allowed} to -${((drop * 100) / WITHIN_SECONDS_MAX).toFixed(2)}.`;
    return { key: 'derivative', message, hint: 'Write it like -3: very steep; -1.3 is steep.' };
  }
  return { withinSeconds };
}

function budgetOf(written: string | number | undefined): number | PageWhenProblem {
  if (written === undefined) return BUDGET_DEFAULT;
  const budget = parseBudget(String(written));
  if (budget !== null && budget > 0 && budget <= 366) return budget;
  const why = budget === 0 ? 'no false page at all would take an endless time to be sure' : 'it is a number of pages per time';
  return { key: 'false_pages', message: `"${written}" must lie between 0.01/year and 1/day: ${why}.`, hint: 'Write it like 1/year.' };
}

function forOf(written: string | number | undefined): number | PageWhenProblem {
  if (written === undefined) return FOR_DEFAULT_SECONDS;
  const ms = typeof written === 'number' && written === 0 ? 0 : parseDuration(String(written));
  if (ms !== null && ms % 1000 === 0 && ms <= FOR_SECONDS_MAX * 1000) return ms / 1000;
  const message = `"${written}" must be whole seconds from 0s to ${FOR_SECONDS_MAX}s, the longest window there is.`;
  return { key: 'for', message, hint: 'Write it like 4s.' };
}
