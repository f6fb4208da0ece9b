/** The settings that are tried: every combination of what was named for each of four knobs, and the one in force. */
import { PAGE_WHEN_DEFAULT, type PageWhen, type PageWhenFile, type PageWhenProblem, pageWhenOf } from '../steep-drop/page-when.ts';

/** As a YAML writes them: `30%`, `-3` or `-6 sigma`, `13s`, `1/year`, `4s`. */
export interface Axes {
  readonly drop?: readonly string[] | undefined;
  readonly derivative?: readonly string[] | undefined;
  /** Instead of the derivative: the same knob. */
  readonly within?: readonly string[] | undefined;
  readonly falsePages?: readonly string[] | undefined;
  readonly for?: readonly string[] | undefined;
}

/** One point of the grid. */
export interface Setting {
  readonly pageWhen: PageWhen;
  /** As it would stand in a YAML. */
  readonly file: PageWhenFile;
  readonly isInForce: boolean;
}

/** Where the axes mean nothing together. */
export interface GridProblem extends PageWhenProblem {
  readonly file?: PageWhenFile;
}

/** More settings than this take longer than anybody waits, and say no more. */
export const SETTINGS_MAX = 1000;

const DROPS = ['30%', '40%', '50%', '60%'];
const DERIVATIVES = ['-1.3', '-2', '-3', '-6'];
const BUDGETS = ['1/month', '1/year', '1/10 years'];
const LASTINGS = ['3s', '4s', '6s'];

/**
 * @param inForce  is added where it is not among them
 * @param share    of the false pages that a YAML writes, what is played here: the rest is its segments'
 */
export function gridOf(axes: Axes, inForce: PageWhen = PAGE_WHEN_DEFAULT, share = 1): readonly Setting[] | GridProblem {
  if (axes.derivative && axes.within) {
    const message = 'within and derivative are the same knob (within = drop / derivative); a grid has one of them.';
    return { key: 'within', message, hint: 'Leave one of them out.' };
  }
  const files = filesOf(axes);
  if (files.length > SETTINGS_MAX) {
    const message = `${files.length.toLocaleString('en-US')} settings are asked for, ${SETTINGS_MAX.toLocaleString('en-US')} are allowed.`;
    return { message, hint: 'Name fewer values; refine around the best ones afterwards.' };
  }
  const settings = new Map<string, Setting>();
  const own = settingOf(inForce, share);
  settings.set(keyOf(inForce), own);
  for (const file of files) {
    const written = pageWhenOf(file);
    if ('message' in written) return { ...written, file };
    const pageWhen = sharing(written, share);
    const key = keyOf(pageWhen);
    if (!settings.has(key)) settings.set(key, { pageWhen, file, isInForce: false });
  }
  return [...settings.values()].sort((a, b) => order(a.pageWhen, b.pageWhen));
}

function filesOf({ drop = DROPS, derivative = DERIVATIVES, within, falsePages, for: lasting = LASTINGS }: Axes): PageWhenFile[] {
  const steeps: PageWhenFile[] = within
    ? within.map((each) => ({ within: each }))
    : derivative.map((each) => ({ derivative: numberOr(each) }));
  return drop.flatMap((share) =>
    steeps.flatMap((steep) => {
      // Sigmas are the threshold themselves: a budget beside them is refused where it was named.
      const isThreshold = /sigma|σ/.test(String(steep.derivative));
      const budgets = falsePages ?? (isThreshold ? [undefined] : BUDGETS);
      return budgets.flatMap((budget) =>
        lasting.map((each) => ({ drop: share, ...steep, ...(budget !== undefined && { false_pages: budget }), for: each })),
      );
    }),
  );
}

/** A bare number as a YAML has it. */
function numberOr(text: string): string | number {
  return /^[-−]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text.trim().replace('−', '-')) : text;
}

function keyOf({ drop, withinSeconds, percentPerSecond, eventsPerSecond2, falsePagesPerYear, forSeconds, sigmas }: PageWhen): string {
  const close = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(6));
  return [drop, withinSeconds, percentPerSecond, eventsPerSecond2, sigmas ?? falsePagesPerYear, forSeconds, sigmas].map(close).join();
}

function order(a: PageWhen, b: PageWhen): number {
  return (
    a.drop - b.drop ||
    b.withinSeconds / b.drop - a.withinSeconds / a.drop ||
    b.falsePagesPerYear - a.falsePagesPerYear ||
    a.forSeconds - b.forSeconds
  );
}

/** Sigmas that somebody wrote stand as they were written. */
export function sharing(written: PageWhen, share: number): PageWhen {
  return written.sigmas === undefined ? { ...written, falsePagesPerYear: written.falsePagesPerYear * share } : written;
}

/** Limits as somebody would have written them, where they are the share of what was written. */
export function settingOf(pageWhen: PageWhen, share = 1): Setting {
  const { drop, withinSeconds, percentPerSecond, eventsPerSecond2, falsePagesPerYear, forSeconds, sigmas } = pageWhen;
  const lost = `${short(drop * 100)}%`;
  const lasts = { for: `${short(forSeconds)}s` };
  if (sigmas !== undefined) return { pageWhen, file: { drop: lost, derivative: `-${short(sigmas)} sigma`, ...lasts }, isInForce: true };
  const file = {
    drop: lost,
    ...(eventsPerSecond2 !== undefined
      ? { derivative: `${short(eventsPerSecond2)} events/s2` }
      : percentPerSecond !== undefined
        ? { derivative: short(percentPerSecond) }
        : { within: `${short(withinSeconds)}s` }),
    false_pages: budgetText(falsePagesPerYear / share),
    ...lasts,
  };
  return { pageWhen, file, isInForce: true };
}

const UNITS: readonly [unit: string, aYear: number][] = [
  ['year', 1],
  ['month', 12],
  ['week', 52.18],
  ['day', 365.25],
  ['10 years', 0.1],
];

function budgetText(perYear: number): string {
  const whole = UNITS.find(([, aYear]) => Math.abs(perYear / aYear - Math.round(perYear / aYear)) < 1e-6 && perYear / aYear < 12);
  const [unit, aYear] = whole ?? ['year', 1];
  return `${short(perYear / aYear)}/${unit}`;
}

const short = (value: number): number => Number(value.toPrecision(6));
