/** Scenes by name: what happens to a metric's usual day, in numbers, as series in percent of the usual rate. */

export const LEAD_SECONDS = 600;
/** Played after it is over. */
const AFTER_SECONDS = 900;
const SALE_TIMES = 4;
const SALE_RISE_SECONDS = 60;
const SALE_SECONDS = 2400;
const SLIDE_TO = 30;
const BURST_TIMES = 20;
const CLOSING_LEAD_SECONDS = 1800;

/** How a scene is asked for. */
export interface Staged {
  /** Seconds that it lasts. */
  readonly lasts: number;
  /** Share lost, 0..1. */
  readonly lost: number;
  /** Part of a second, 0..1, by which it begins late. */
  readonly phase: number;
}

export interface SceneKind {
  readonly name: string;
  /** What it is, in words for the manual. */
  readonly does: string;
  /** Default of how long it lasts, s, and how long it may last; left out: it has no length. */
  readonly lasts?: { readonly usually: number; readonly least: number; readonly most: number };
  /** Default of when it happens: minutes after midnight. */
  readonly at: number;
  /** @returns the series, and the seconds of it before the time that the scene is named for */
  stage(staged: Staged): { readonly before: number; readonly series: string };
  /** The metric closes then, every day of the week before as well. */
  readonly closes?: true;
}

const HOUR_MINUTES = 60;
const lead = `100%x${LEAD_SECONDS}`;
const after = `100%x${AFTER_SECONDS}`;
const falls = ({ lasts, lost }: Staged) => ({ before: LEAD_SECONDS, series: `${lead} ${percent(1 - lost)}x${lasts} ${after}` });
const slides = ({ lasts }: Staged) => ({
  before: LEAD_SECONDS,
  series: `${lead} 100%-${short((100 - SLIDE_TO) / lasts)}%x${lasts} ${SLIDE_TO}%x1200`,
});
const selling = `100%+${short((100 * (SALE_TIMES - 1)) / SALE_RISE_SECONDS)}%x${SALE_RISE_SECONDS}`;

const within = (usually: number, least: number, most: number) => ({ usually, least, most });

export const SCENES: readonly SceneKind[] = [
  {
    name: 'ordinary day',
    does: 'a whole day as it usually is, from midnight on',
    at: 0,
    stage: () => ({ before: 0, series: '100%x86400' }),
  },
  {
    name: 'outage',
    does: 'everything is lost at once, and comes back at once',
    lasts: within(600, 1, 86_400),
    at: 14 * HOUR_MINUTES,
    stage: (staged) => falls({ ...staged, lost: 1 }),
  },
  {
    name: 'half lost',
    does: 'half of it is lost at once; `30% lost`, `80% lost` and any other share likewise',
    lasts: within(1200, 1, 86_400),
    at: 14 * HOUR_MINUTES,
    stage: falls,
  },
  {
    name: 'crash loop',
    does: 'seven times down for 2.5 s and up for 6.5 s, then everything is lost',
    lasts: within(300, 1, 86_400),
    at: 14 * HOUR_MINUTES,
    stage: ({ lasts }) => ({ before: LEAD_SECONDS, series: `${lead} (0%x2 50% 100%x6)x7 0%x${lasts} ${after}` }),
  },
  {
    name: 'steep slide',
    does: 'a straight slide to 30%, which stays',
    lasts: within(10, 1, 3600),
    at: 14 * HOUR_MINUTES,
    stage: slides,
  },
  {
    name: 'slow slide',
    does: 'a straight slide to 30%, which stays',
    lasts: within(600, 1, 43_200),
    at: 14 * HOUR_MINUTES,
    stage: slides,
  },
  {
    name: 'deploy dip',
    does: 'everything is lost for a moment that begins anywhere within a second, another one for each seed',
    lasts: within(2, 0.1, 3600),
    at: 14 * HOUR_MINUTES,
    stage: ({ lasts, phase }) => ({ before: LEAD_SECONDS, series: `${lead} ${dip(phase, lasts)} 100%x600` }),
  },
  {
    name: 'network cut',
    does: 'no data, which is not zero',
    lasts: within(30, 1, 86_400),
    at: 14 * HOUR_MINUTES,
    stage: ({ lasts }) => ({ before: LEAD_SECONDS, series: `${lead} _x${lasts} ${after}` }),
  },
  {
    name: 'sale end',
    does: 'a sale of four times as much, begun within a minute, ends at once at the time named',
    lasts: within(2700, 120, 86_400),
    at: 15 * HOUR_MINUTES,
    stage: ({ lasts }) => ({
      before: LEAD_SECONDS + lasts,
      series: `${lead} ${selling} ${sold(lasts - SALE_RISE_SECONDS - 1)} 100%x1200`,
    }),
  },
  {
    name: 'outage in a sale',
    does: 'everything is lost 40 min into such a sale',
    lasts: within(600, 1, 86_400),
    at: 14 * HOUR_MINUTES,
    stage: ({ lasts }) => ({
      before: LEAD_SECONDS + SALE_SECONDS,
      series: `${lead} ${selling} ${sold(SALE_SECONDS - SALE_RISE_SECONDS - 1)} 0%x${lasts} ${sold(AFTER_SECONDS)}`,
    }),
  },
  {
    name: 'burst',
    does: 'one second of twenty times as much: what came late',
    at: 14 * HOUR_MINUTES,
    stage: () => ({ before: LEAD_SECONDS, series: `${lead} ${BURST_TIMES}00% ${after}` }),
  },
  {
    name: 'closing',
    does: 'it closes, nothing comes in, and it opens again, as in every night of the week before',
    lasts: within(21_600, 600, 82_800),
    at: 23 * HOUR_MINUTES,
    stage: ({ lasts }) => ({ before: CLOSING_LEAD_SECONDS, series: `100%x${lasts + 2 * CLOSING_LEAD_SECONDS}` }),
    closes: true,
  },
];

function sold(seconds: number): string {
  return `${SALE_TIMES}00%x${seconds}`;
}

/** The share of each second that lies outside a dip. */
function dip(phase: number, lasts: number): string {
  const seconds = Math.ceil(phase + lasts);
  const left = Array.from({ length: seconds }, (_, second) => {
    const inside = Math.min(second + 1, phase + lasts) - Math.max(second, phase);
    return 1 - Math.max(0, Math.min(1, inside));
  });
  return left.map(percent).join(' ');
}

function percent(share: number): string {
  return `${short(100 * share)}%`;
}

/** Digits without an exponent. */
function short(value: number): string {
  const digits = Math.max(0, value).toFixed(9);
  return digits.replace(/\.?0+$/, '');
}
