/** What a candidate YAML changes of each metric: what is counted, and what decides on a page. */
import { isDeepStrictEqual } from 'node:util';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { type ConfiguredMetric, examine } from '../../platform/config/load.ts';
import type { ConfigFile } from '../../platform/config/schema.ts';
import type { ReadYaml } from './config-file.ts';

/** A metric that both have. */
export interface Candidate {
  readonly name: string;
  readonly inForce: ConfiguredMetric;
  readonly candidate: ConfiguredMetric;
  /** Other events, another filter or value: a series of its own. */
  readonly countsOther: boolean;
  /** Pages may differ. */
  readonly differs: boolean;
  /** What differs beside what decides on a page, in words. */
  readonly notes: readonly string[];
}

export interface Candidates {
  readonly both: readonly Candidate[];
  /** Names that only one of them has. */
  readonly onlyInForce: readonly string[];
  readonly onlyCandidate: readonly string[];
}

export function candidatesOf(inForce: ReadYaml, candidate: ReadYaml): Candidates {
  const [ours, theirs] = [inForce, candidate].map(({ config }) => new Map(config.metrics.map((metric) => [metric.name, metric])));
  const [written, rewritten] = [inForce, candidate].map(({ text, file }) => examine(text, { file, env: process.env }).value);
  const both = inForce.config.metrics.flatMap((metric) => {
    const other = theirs?.get(metric.name);
    if (!other || !written || !rewritten) return [];
    const countsOther = seriesOf(metric) !== seriesOf(other);
    const isSame = isDeepStrictEqual(decidingOf(metric, written), decidingOf(other, rewritten));
    return [
      { name: metric.name, inForce: metric, candidate: other, countsOther, differs: countsOther || !isSame, notes: notesOn(metric, other) },
    ];
  });
  const without = (metrics: readonly ConfiguredMetric[], known: ReadonlyMap<string, unknown> | undefined): string[] =>
    metrics.filter(({ name }) => !known?.has(name)).map(({ name }) => name);
  return { both, onlyInForce: without(inForce.config.metrics, theirs), onlyCandidate: without(candidate.config.metrics, ours) };
}

/** All that decides on its pages: its limits with every default, and what else is written, by whose clock. */
function decidingOf(metric: ConfiguredMetric, file: ConfigFile): object {
  const {
    event: _event,
    where: _where,
    value: _value,
    page_when: _pageWhen,
    kind: _kind,
    critical: _critical,
    ...rest
  } = file.metrics[metric.name] as ConfigFile['metrics'][string];
  const timezone = Object.keys(rest).length > 0 ? (file.timezone ?? null) : null;
  return { pageWhen: metric.pageWhen, rest, timezone };
}

function notesOn(inForce: ConfiguredMetric, candidate: ConfiguredMetric): string[] {
  const wakes = ({ critical, kind }: ConfiguredMetric): boolean => critical && kind === 'write';
  if (wakes(inForce) && wakes(candidate)) return [];
  if (wakes(inForce)) return ['what the candidate finds wakes nobody: there it is no critical write metric'];
  if (wakes(candidate)) return ['what is found wakes nobody in force: there it is no critical write metric'];
  return ['it is no critical write metric: what is found wakes nobody'];
}
