/** Whether the fields that metrics are parted by have few values, as the archived events know them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { place } from '../../platform/config/explain.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import type { PlacedProblem, Problem } from '../../platform/config/problem.ts';
import { readYaml } from '../../platform/config/read-yaml.ts';
import { type FieldValues, fieldValues } from '../../platform/store/field-values.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { openHistoryStore } from './history-store.ts';
import type { Output } from './output.ts';

export interface SegmentsAsked {
  readonly config: Config;
  /** The YAML's text and how it is called. */
  readonly text: string;
  readonly file: string;
  /** The data folder. */
  readonly folder: string;
  /** The built child of the embedded store; only tests that run from the sources name it. */
  readonly childFile?: string;
}

const LOOKED_AT_SECONDS = 7 * 86_400;
/** A field with more values than this times `max` is told; one of which every few events bring a new one has no end. */
const FAR_OVER = 4;
const UNBOUNDED_VALUES_MIN = 1000;
const UNBOUNDED_EVENTS_A_VALUE_MAX = 20;

/** @returns what is wrong with each `by`, with its place; nothing where there is no history to ask */
export async function checkSegments({ config, text, file, folder, childFile }: SegmentsAsked, output: Output): Promise<PlacedProblem[]> {
  const parted = config.metrics.filter(({ by }) => by !== undefined);
  const { store: options } = config;
  if (parted.length === 0 || options === null || (options.url === null && !existsSync(join(folder, 'store')))) return [];
  const read = readYaml(text, file);
  if ('errors' in read) return [];
  try {
    const store = await openHistoryStore({ config, folder, write: (line) => output.talk(line), ...(childFile && { childFile }) });
    try {
      const found = await Promise.all(parted.map(async (metric) => problemOf(metric, await valuesOf(metric, store))));
      return found.filter((problem) => problem !== null).map((problem) => place(problem, file, read.document, read.lines));
    } finally {
      await store.close();
    }
  } catch (error) {
    output.talk(`${output.mark.warning} How many values the fields of \`by\` have is not known: ${(error as Error).message}`);
    return [];
  }
}

function valuesOf({ event, by }: ConfiguredMetric, store: Parameters<typeof fieldValues>[0]): Promise<FieldValues> {
  const from = Math.floor(systemClock.wall() / 1000) - LOOKED_AT_SECONDS;
  return fieldValues(store, { event, field: by?.field ?? '', from });
}

export function problemOf({ name, event, by }: ConfiguredMetric, { events, values }: FieldValues): Problem | null {
  if (!by || values <= FAR_OVER * by.max) return null;
  const path = ['metrics', name, 'by'];
  const had = `\`${by.field}\` had ${values.toLocaleString('en-US')} values in ${events.toLocaleString('en-US')} archived \`${event}\``;
  if (values >= UNBOUNDED_VALUES_MIN && values * UNBOUNDED_EVENTS_A_VALUE_MAX > events) {
    const hint = 'Part the metric by a field with few values, like `country` or `plan`, or send one that groups these.';
    return { path, message: `${had}: it goes on without end, and no value has enough events to be watched.`, hint };
  }
  const hint = `The ${by.max} with the most events are watched, the rest is \`other\`. Where that is meant, leave it.`;
  return { path, message: `${had}.`, hint, warning: true };
}
