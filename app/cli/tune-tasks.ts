/** What a thread of `plummet tune` is asked and answers; each is pure, and whoever does it gives the same. */

import { randomOf } from '../../detectors/backtest/spread.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import type { SavedSteepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { Branches } from '../../detectors/tuning/branches.ts';
import { delaysOf, LOST } from '../../detectors/tuning/falls.ts';
import type { History } from '../../detectors/tuning/history.ts';
import type { Hour, Moment } from '../../detectors/tuning/moments.ts';
import { Panel } from '../../detectors/tuning/panel.ts';
import { Scout } from '../../detectors/tuning/scout.ts';
import type { SentPage } from '../../detectors/tuning/sent.ts';

/** What all tasks share: handed to a thread once. */
export interface Common {
  readonly history: History;
  readonly pageWhens: readonly PageWhen[];
  /** The field that is added up; left out: events are counted. */
  readonly value?: string | undefined;
  readonly inForce: number;
  readonly moments: readonly Moment[];
  /** Seconds that are waited, by share lost and hour. */
  readonly waits: readonly Readonly<Record<Hour, number>>[];
}

export type Task =
  | { readonly is: 'scout' }
  /** Indices of settings. */
  | { readonly is: 'pages'; readonly settings: readonly number[] }
  /** Indices of moments, and what was known at each. */
  | { readonly is: 'falls'; readonly moments: readonly { readonly index: number; readonly saved: SavedSteepDrop }[] };

export type Answer =
  | { readonly is: 'scout'; readonly saved: readonly (SavedSteepDrop | null)[] }
  | {
      readonly is: 'pages';
      readonly settings: readonly number[];
      readonly pages: readonly (readonly SentPage[])[];
      readonly judged: readonly number[];
    }
  /** By moment as it was asked, then by share lost, then by setting: seconds, NaN where it was missed. */
  | { readonly is: 'falls'; readonly moments: readonly number[]; readonly delays: readonly (readonly (readonly number[])[])[] };

/** A moment's falls are worth about so many seconds of playing. */
export const FALLS_WORTH_SECONDS = 1500;

/** @param heard  is told how many seconds' worth is done */
export function work(task: Task, common: Common, heard: (seconds: number) => void): Answer {
  if (task.is === 'scout') return scout(common, heard);
  return task.is === 'pages' ? pages(task.settings, common, heard) : falls(task.moments, common, heard);
}

function scout({ history, pageWhens, value, inForce, moments, waits }: Common, heard: (seconds: number) => void): Answer {
  const playing = new Scout(history, { pageWhen: pageWhens[inForce] as PageWhen, value }, moments);
  while (!playing.isOver) heard(playing.next());
  return { is: 'scout', saved: playing.end(({ hour }) => waits[LOST.indexOf(0.5)]?.[hour] ?? 0) };
}

function pages(settings: readonly number[], { history, pageWhens, value }: Common, heard: (seconds: number) => void): Answer {
  const branches = new Branches(
    history,
    new Panel(
      settings.map((index) => pageWhens[index] as PageWhen),
      value,
    ),
  );
  while (!branches.isOver) heard(branches.next());
  const { pages: sent, judged } = branches.end();
  return { is: 'pages', settings, pages: sent, judged };
}

function falls(
  asked: Extract<Task, { is: 'falls' }>['moments'],
  { history, pageWhens, value, moments, waits }: Common,
  heard: (seconds: number) => void,
): Answer {
  const panel = new Panel(pageWhens, value);
  const delays = asked.map(({ index, saved }) => {
    const moment = moments[index] as Moment;
    const one = LOST.map((lost, i) => {
      const random = randomOf(1 + index * LOST.length + i);
      return delaysOf(history, panel, { moment, saved, lost, wait: waits[i]?.[moment.hour] as number }, random);
    });
    heard(FALLS_WORTH_SECONDS);
    return one;
  });
  return { is: 'falls', moments: asked.map(({ index }) => index), delays };
}
