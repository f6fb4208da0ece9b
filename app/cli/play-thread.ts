/** The thread that plays a metric's history: the live detector over stretches of it, by one YAML or by two at once. */
import { type Page, Replay, type Replayed } from '../../detectors/backtest/replay.ts';
import { type Stretch, show } from '../../detectors/backtest/stretch.ts';
import type { Around } from '../../detectors/backtest/surroundings.ts';
import type { Tuning } from '../../detectors/backtest/tunings.ts';
import type { Past } from '../../detectors/past/past.ts';
import { Training } from '../../detectors/past/training.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { tunings } from '../../detectors/tail/learned.ts';
import { type ConfiguredMetric, loadConfig } from '../../platform/config/load.ts';
import type { LearnedThreshold } from '../../platform/topics/thresholds.ts';
import { answerEach } from './pool-thread.ts';

/** What is played: a YAML's metric. Its planned closings are functions, which go to no thread, so the YAML does. */
export interface Side {
  readonly text: string;
  readonly file: string;
  readonly metric: string;
  /** In place of the YAML's own. */
  readonly pageWhen?: PageWhen | undefined;
}

export type Question =
  | {
      readonly is: 'begin';
      readonly sides: readonly Side[];
      readonly past: Past;
      /** What the metric's history had raised its threshold to, and when. */
      readonly raises: readonly LearnedThreshold[];
      /** The first second that is played, and whether it was counted elsewhere. */
      readonly first: number;
      readonly startsElsewhere: boolean;
      /** Whether the seconds around pages are wanted. */
      readonly pictured: boolean;
    }
  | { readonly is: 'take'; readonly stretch: Stretch }
  | { readonly is: 'end' };

export interface Played {
  readonly replayed: Replayed;
  readonly kept: readonly { readonly page: Page; readonly around: Around }[];
  /** When the page was sent that was out before the first second (epoch); null where none was. */
  readonly outSince: number | null;
  /** Limits that its history had raised, and since when. */
  readonly tuned: readonly Tuning[];
}

/** Of each side: some 5 MB. */
export const KEPT_MAX = 1000;

interface Playing {
  readonly replay: Replay;
  readonly kept: { readonly page: Page; readonly around: Around }[];
  readonly outSince: number | null;
  readonly tuned: readonly Tuning[];
}

let playing: readonly Playing[] = [];

answerEach((question: Question): unknown => {
  if (question.is === 'begin') {
    playing = question.sides.map((side) => begin(side, question));
    return null;
  }
  if (question.is === 'take') {
    for (const { replay } of playing) show(question.stretch, replay);
    return null;
  }
  const played = playing.map(({ replay, ...known }): Played => ({ replayed: replay.end(), ...known }));
  playing = [];
  return played;
});

function begin(side: Side, { past, raises, first, startsElsewhere, pictured }: Extract<Question, { is: 'begin' }>): Playing {
  const metric = metricOf(side);
  const training = new Training(metric, past);
  training.learn(Number.POSITIVE_INFINITY);
  training.begin(first, startsElsewhere);
  const kept: Playing['kept'] = [];
  const keep = (page: Page, around: Around): void => {
    if (kept.length < KEPT_MAX) kept.push({ page, around });
  };
  const { pageWhen, value, closed, expected } = metric;
  const outSince = training.finding?.fall?.at ?? null;
  // Limits that are tried out hold throughout: of them nothing was learned.
  const tuned = side.pageWhen ? [] : tunings(pageWhen, raises);
  const plan = { pageWhen, value, missing: 'nodata', closed, expected, tunings: tuned } as const;
  const replay = new Replay({ ...plan, learned: training, pictured: pictured ? keep : undefined });
  return { replay, kept, outSince, tuned };
}

const loaded = new Map<string, readonly ConfiguredMetric[]>();

/** The YAML was right in the thread that asks. */
function metricOf({ text, file, metric, pageWhen }: Side): ConfiguredMetric {
  const metrics = loaded.get(text) ?? loadConfig(text, { file, env: process.env }).config?.metrics ?? [];
  loaded.set(text, metrics);
  const found = metrics.find(({ name }) => name === metric);
  if (!found) throw new Error(`${file} has no metric ${metric} any more.`);
  return pageWhen ? { ...found, pageWhen } : found;
}
