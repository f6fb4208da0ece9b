/** YAML fragment `page_when`: how deep, how steep, how sure and how long a fall must be before it pages. */
import Type, { type Static } from 'typebox';
import { parseBudget } from '../../platform/units/budget.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import { parseShare } from '../../platform/units/share.ts';

/** Limits of one metric's pages, with every default filled in. */
export interface PageWhen {
  /** Share of the usual rate that must be lost, 0..1 (both excluded). */
  readonly drop: number;
  /** A fall of `drop` may have taken this long: drop / |derivative|, in seconds. */
  readonly withinSeconds: number;
  /** The derivative, where it was not written as `within`: % of the usual rate per second, < 0. A deeper fall may take longer. */
  readonly percentPerSecond?: number;
  /** The literal reading of the derivative, where it was written so: events/s², < 0. Then the fall may take drop * usual / |it|. */
  readonly eventsPerSecond2?: number;
  /** How sure: false pages that are accepted in a year, for each series. */
  readonly falsePagesPerYear: number;
  /** How long it must have lasted; falls shorter than this minus 1.5 s are ignored. */
  readonly forSeconds: number;
  /** The threshold itself in sigmas, > 0, where it was written (`-6 sigma`) instead of a budget. */
  readonly sigmas?: number;
  /** What the tail of its history asks for, sigmas > 0, and the days of it: it raises the threshold, and never lowers it. */
  readonly raisedSigmas?: number;
  readonly raisedByDays?: number;
}

/** Why a `page_when` is refused; `key` names the word that is wrong. */
export interface PageWhenProblem {
  readonly key?: 'drop' | 'derivative' | 'within' | 'false_pages' | 'for';
  readonly message: string;
  readonly hint?: string;
}

/** No window is longer than this, so nothing can be asked to last longer. */
export const FOR_SECONDS_MAX = 512;
export const WITHIN_SECONDS_MAX = 512;
const SIGMAS_MIN = 3;
const SIGMAS_MAX = 40;
const FALSE_PAGES_PER_YEAR_MAX = 365.25 * 24;
export const FALSE_PAGES_PER_YEAR_MIN = 0.001;

const DURATION = '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)\\s*$';

/** How a budget of false pages is written, here and for a team. */
export const BUDGET = {
  expects: 'a budget like 1/year',
  unit: '/year',
  editor: { pattern: '^\\s*\\d+(\\.\\d+)?\\s*/\\s*(day|week|month|year|10 years)\\s*$' },
} as const;

/** What holds where a key is left out, as it would be written. */
const WRITTEN_DEFAULT = { drop: '40%', derivative: -3, false_pages: '1/year', for: '4s' } as const;

export const pageWhenFragment = Type.Object(
  {
    drop: Type.Optional(
      Type.String({
        description: 'How deep? Share of the usual rate that is lost, against every normal, 1% to 99%',
        expects: 'a share like 40%',
        unit: '%',
        editor: { pattern: '^\\s*0*([1-9]|[1-8]\\d|9[0-8])(\\.\\d+)?\\s*%\\s*$|^\\s*0*99(\\.0+)?\\s*%\\s*$' },
        default: WRITTEN_DEFAULT.drop,
        examples: ['40%', '90%'],
      }),
    ),
    derivative: Type.Optional(
      Type.Union(
        [
          Type.Number({ editor: { exclusiveMaximum: 0 } }),
          Type.String({ editor: { pattern: '^\\s*[-−]\\d+(\\.\\d+)?\\s*(%/s|events/s2|events/s²|sigmas?|σ)?\\s*$' } }),
        ],
        {
          description:
            'How steep? Percent of the usual rate per second: 40% at -3 is gone within 13 s. `-3 events/s2` is the same taken literally, ' +
            '`-6 sigma` sets how sure instead of `false_pages`',
          expects: 'a number below 0, like -3, or a text like "-6 sigma"',
          default: WRITTEN_DEFAULT.derivative,
          examples: [-3, '-6 sigma'],
        },
      ),
    ),
    within: Type.Optional(
      Type.String({
        description: `The same knob as \`derivative\`: the fall itself takes no longer than this, 1s to ${WITHIN_SECONDS_MAX}s`,
        expects: 'a duration like 13s',
        unit: 's',
        editor: { pattern: DURATION },
        leftOut: '`drop` / `derivative`',
        examples: ['13s'],
      }),
    ),
    false_pages: Type.Optional(
      Type.String({
        description:
          'How sure? False pages that are allowed to this metric: `1/year`, `2/month`, `1/10 years`. A critical metric without it shares ' +
          'the budget of its team, where that has one',
        ...BUDGET,
        default: WRITTEN_DEFAULT.false_pages,
        examples: ['1/year', '2/month'],
      }),
    ),
    for: Type.Optional(
      Type.String({
        description: `How long must it have lasted? Whole seconds up to ${FOR_SECONDS_MAX}s; a deploy's dip of 2 s is ignored by \`4s\``,
        expects: 'a duration like 4s',
        unit: 's',
        editor: { pattern: DURATION },
        default: WRITTEN_DEFAULT.for,
        examples: ['4s'],
      }),
    ),
    learn: Type.Optional(
      Type.Boolean({
        description:
          'May its own history raise how sure it has to be, where it comes near a page more often than chance would? `false`: only ' +
          '`false_pages` decides. A threshold that is written (`-6 sigma`) is never raised',
        default: true,
      }),
    ),
  },
  { additionalProperties: false, description: 'When a fall pages' },
);

export type PageWhenFile = Static<typeof pageWhenFragment>;

export const PAGE_WHEN_DEFAULT: PageWhen = pageWhenOf({}) as PageWhen;

/** The limits that a YAML's `page_when` means, or what is wrong with it. */
export function pageWhenOf(file: PageWhenFile): PageWhen | PageWhenProblem {
  const drop = dropOf(file.drop);
  if (typeof drop !== 'number') return drop;
  const steep = steepOf(file, drop);
  if ('message' in steep) return steep;
  const falsePagesPerYear = budgetOf(file.false_pages);
  if (typeof falsePagesPerYear !== 'number') return falsePagesPerYear;
  if (steep.sigmas !== undefined && file.false_pages !== undefined)
    return { key: 'false_pages', message: 'a derivative in sigma and false_pages set the same threshold.', hint: 'Leave one of them out.' };
  const forSeconds = forOf(file.for);
  if (typeof forSeconds !== 'number') return forSeconds;
  return { drop, falsePagesPerYear, forSeconds, ...steep };
}

function dropOf(text: string = WRITTEN_DEFAULT.drop): number | PageWhenProblem {
  const drop = parseShare(text);
  if (drop === null) return { key: 'drop', message: `found "${text}", allowed is a share of the usual rate.`, hint: 'Write `drop: 40%`.' };
  if (drop <= 0)
    return {
      key: 'drop',
      message: `found ${text}, but every second would be such a fall; allowed is 1% to 99%.`,
      hint: 'Try `drop: 40%`.',
    };
  if (drop < 0.01 || drop > 0.99)
    return {
      key: 'drop',
      message: `found ${text}, allowed is 1% to 99%: where less is left than noise, nobody can tell it from the rest.`,
      hint: 'For a total outage write `drop: 90%`.',
    };
  return drop;
}

type Steep = Pick<PageWhen, 'withinSeconds' | 'percentPerSecond' | 'eventsPerSecond2' | 'sigmas'>;

function steepOf({ derivative, within }: PageWhenFile, drop: number): Steep | PageWhenProblem {
  if (derivative !== undefined && within !== undefined)
    return {
      key: 'within',
      message: 'within and derivative are the same knob (within = drop / derivative); only one of them is allowed.',
      hint: 'Leave one of them out.',
    };
  if (within !== undefined) return withinOf(within);
  const written = /^(-?\d+(?:\.\d+)?)\s*(%\/s|events\/s2|events\/s²|sigma|sigmas|σ)?$/.exec(
    String(derivative ?? WRITTEN_DEFAULT.derivative)
      .trim()
      .replace('−', '-'),
  );
  if (!written)
    return {
      key: 'derivative',
      message: `found "${derivative}", allowed is a number (% of the usual rate per second), "-3 events/s2" or "-6 sigma".`,
      hint: 'Write `derivative: -3`.',
    };
  return derivativeOf(Number(written[1]), written[2] ?? '%/s', drop);
}

function derivativeOf(value: number, unit: string, drop: number): Steep | PageWhenProblem {
  if (value >= 0)
    return {
      key: 'derivative',
      message: `found ${value}, but a fall has a derivative below 0.`,
      hint: `Write \`derivative: -${value || 3}\`.`,
    };
  if (unit.startsWith('events')) return { withinSeconds: WITHIN_SECONDS_MAX, eventsPerSecond2: value };
  if (unit !== '%/s') {
    if (-value < SIGMAS_MIN || -value > SIGMAS_MAX)
      return {
        key: 'derivative',
        message: `found ${value} sigma, allowed is -${SIGMAS_MIN} to -${SIGMAS_MAX}: healthy traffic reaches -3 about 1,900 times a day.`,
        hint: 'Write `derivative: -6 sigma`, about one false page a year.',
      };
    return { ...bySlope(drop, WRITTEN_DEFAULT.derivative), sigmas: -value };
  }
  const slope = bySlope(drop, value);
  const seconds = slope.withinSeconds;
  if (seconds > WITHIN_SECONDS_MAX)
    return {
      key: 'derivative',
      message: `found ${value} %/s: ${drop * 100}% would take ${Math.round(seconds)} s, no window is longer than ${WITHIN_SECONDS_MAX} s.`,
      hint: `For so slow a slide the morning is soon enough; the least is ${(-(drop * 100) / WITHIN_SECONDS_MAX).toFixed(2)} %/s.`,
    };
  return slope;
}

function withinOf(text: string): Steep | PageWhenProblem {
  const ms = parseDuration(text);
  if (ms === null) return { key: 'within', message: `found "${text}", allowed is a duration.`, hint: 'Write `within: 13s`.' };
  if (ms < 1000 || ms > WITHIN_SECONDS_MAX * 1000)
    return {
      key: 'within',
      message: `found ${text}, allowed is 1s to ${WITHIN_SECONDS_MAX}s: counts have a second's resolution, and no window is longer.`,
      hint: 'Write `within: 13s`.',
    };
  return { withinSeconds: ms / 1000 };
}

function bySlope(drop: number, percentPerSecond: number): Steep {
  return { withinSeconds: drop / (-percentPerSecond / 100), percentPerSecond };
}

/** False pages a year, or what is wrong with the text. */
export function budgetOf(text: string = WRITTEN_DEFAULT.false_pages): number | PageWhenProblem {
  const budget = parseBudget(text);
  if (budget === null)
    return { key: 'false_pages', message: `found "${text}", allowed is a budget like 1/year.`, hint: 'Write `false_pages: 1/year`.' };
  if (budget <= 0)
    return {
      key: 'false_pages',
      message: `found ${text}, but no rule that can page at all never pages in vain; allowed is any budget above 0.`,
      hint: 'One in ten years is `false_pages: 1/10 years`.',
    };
  if (budget > FALSE_PAGES_PER_YEAR_MAX)
    return {
      key: 'false_pages',
      message: `found ${text}, allowed is 24/day at most: nobody reads more.`,
      hint: 'Write `false_pages: 1/year`.',
    };
  if (budget < FALSE_PAGES_PER_YEAR_MIN)
    return {
      key: 'false_pages',
      message: `found ${text}, allowed is one in 1,000 years at least: nobody knows a metric's noise so far out.`,
      hint: 'One in ten years is `false_pages: 1/10 years`.',
    };
  return budget;
}

function forOf(text: string = WRITTEN_DEFAULT.for): number | PageWhenProblem {
  const ms = parseDuration(text);
  if (ms === null) return { key: 'for', message: `found "${text}", allowed is a duration.`, hint: 'Write `for: 4s`.' };
  if (ms % 1000 !== 0) return { key: 'for', message: `found ${text}, allowed are whole seconds, as counts are.`, hint: 'Write `for: 4s`.' };
  if (ms / 1000 > FOR_SECONDS_MAX)
    return {
      key: 'for',
      message: `found ${text}, allowed is 0s to ${FOR_SECONDS_MAX}s: no window is longer than ${FOR_SECONDS_MAX} s.`,
      hint: 'What may wait that long can wait for the morning.',
    };
  return ms / 1000;
}
