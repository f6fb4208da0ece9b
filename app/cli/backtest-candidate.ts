/** `plummet backtest --candidate`: the YAML in force and another one, played on the same history, and what differs. */
import { type Compared, compare } from '../../detectors/backtest/compare.ts';
import { PAGES_LISTED_MAX, type Page } from '../../detectors/backtest/replay.ts';
import type { Store } from '../../platform/store/store.ts';
import { type MetricFlags, metricOf, outBefore, type PicturesIn, wantedOf } from './backtest-metric.ts';
import { showSecond } from './backtest-words.ts';
import { doubtsOf, PICTURES_MAX } from './backtested.ts';
import { type Candidate, type Candidates, candidatesOf } from './candidate.ts';
import { type ReadYaml, readYaml, shownPath } from './config-file.ts';
import { openHistoryStore } from './history-store.ts';
import { type Output, UserError } from './output.ts';
import type { PagePictures } from './page-pictures.ts';
import { type Play, playAll, rangeOf, type Wanted } from './play-metric.ts';
import type { Played } from './play-thread.ts';

export interface CandidateFlags extends Omit<MetricFlags, 'metrics' | 'pageWhen'> {
  readonly candidate: string;
  /** Left out: all that both have. */
  readonly metrics: readonly string[] | undefined;
}

/** One metric, by both. Seconds since the epoch. */
export interface ComparedMetric extends Compared<Page> {
  readonly candidate: Candidate;
  /** The first and the last second that were played, and how many were. */
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  /** All pages of each. */
  readonly pages: { readonly inForce: number; readonly candidate: number };
  readonly notes: readonly string[];
}

export interface ComparedAll {
  /** As they are named in messages. */
  readonly inForce: string;
  readonly candidate: string;
  readonly metrics: readonly ComparedMetric[];
  /** Of which nothing could be played. */
  readonly notPlayed: readonly { readonly metric: string; readonly why: string }[];
  /** Metrics whose pages cannot differ; they are not played. */
  readonly same: readonly string[];
  readonly onlyInForce: readonly string[];
  readonly onlyCandidate: readonly string[];
}

export async function backtestCandidate(flags: CandidateFlags, picturesIn: PicturesIn, output: Output): Promise<ComparedAll> {
  const wanted = wantedOf(flags);
  const inForce = await readYaml(flags.config, process.env, output);
  const other = await readYaml(flags.candidate, process.env, output);
  const candidates = candidatesOf(inForce, other);
  const asked = askedOf(flags.metrics, candidates, inForce, other);
  const played = asked.filter(({ differs }) => differs || flags.metrics !== undefined);
  const { onlyInForce, onlyCandidate } = candidates;
  const named = { inForce: inForce.file, candidate: shownPath(flags.candidate) };
  const same = asked.filter((one) => !played.includes(one)).map(({ name }) => name);
  if (played.length === 0) return { ...named, metrics: [], notPlayed: [], same, onlyInForce, onlyCandidate };
  const store = await openHistoryStore({ config: inForce.config, folder: flags.data, write: output.talk });
  try {
    const pictures = await picturesIn(inForce.config.timezone);
    const results = await playBoth(store, played, { wanted, yamls: [inForce, other], pictured: !!pictures });
    const metrics: ComparedMetric[] = [];
    const notPlayed: { metric: string; why: string }[] = [];
    for (const { candidate, result } of results) {
      if (result instanceof UserError) notPlayed.push({ metric: candidate.name, why: result.message });
      else metrics.push(await comparedOf(candidate, result, pictures));
    }
    return { ...named, metrics, notPlayed, same, onlyInForce, onlyCandidate };
  } finally {
    await store.close();
  }
}

/** @throws UserError where a named metric is not in both */
function askedOf(
  names: readonly string[] | undefined,
  { both, onlyCandidate }: Candidates,
  inForce: ReadYaml,
  other: ReadYaml,
): readonly Candidate[] {
  if (!names) return both;
  return names.map((name) => {
    const found = both.find((one) => one.name === name);
    if (found) return found;
    if (onlyCandidate.includes(name)) {
      throw new UserError(`--metric: ${name} is in the candidate alone: nothing in force is there to compare it with.`, {
        hint: `Play it by itself: plummet backtest --config ${other.file} --metric ${name}`,
      });
    }
    metricOf(name, inForce.config.metrics);
    throw new UserError(`--metric: the candidate has no metric "${name}".`, { hint: `${other.file} leaves it out: its pages would end.` });
  });
}

interface Both {
  readonly wanted: Wanted;
  readonly yamls: readonly [ReadYaml, ReadYaml];
  readonly pictured: boolean;
}

interface BothPlayed {
  readonly from: number;
  readonly to: number;
  readonly sides: readonly [Played, Played];
}

/** A history is read once for both, unless they count something else. */
async function playBoth(
  store: Store,
  candidates: readonly Candidate[],
  { wanted, yamls, pictured }: Both,
): Promise<{ candidate: Candidate; result: BothPlayed | UserError }[]> {
  const ranges = await Promise.all(candidates.map((candidate) => rangeOfBoth(store, candidate, wanted)));
  const plays: Play[] = [];
  const places = candidates.map((candidate, i): number[] => {
    const range = ranges[i];
    if (!range || range instanceof UserError) return [];
    const sides = yamls.map(({ text, file }) => ({ text, file, metric: candidate.name }));
    const common = { ...range, as: wanted.as, pictured };
    const split = candidate.countsOther
      ? [candidate.inForce, candidate.candidate].map((metric, side): Play => ({ ...common, metric, sides: sides.slice(side, side + 1) }))
      : [{ ...common, metric: candidate.inForce, sides }];
    return split.map((play) => plays.push(play) - 1);
  });
  const results = await playAll(store, plays, candidates.length === 1 ? (candidates[0] as Candidate).name : `${candidates.length} metrics`);
  return candidates.map((candidate, i) => {
    const range = ranges[i] as Range | UserError;
    if (range instanceof UserError) return { candidate, result: range };
    const found = (places[i] as number[]).map((place) => results[place] as readonly Played[] | UserError);
    const problem = found.find((one) => one instanceof UserError);
    if (problem instanceof UserError) return { candidate, result: problem };
    const sides = (found as (readonly Played[])[]).flat() as unknown as readonly [Played, Played];
    return { candidate, result: { ...range, sides } };
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where both have history. */
async function rangeOfBoth(store: Store, { name, inForce, candidate, countsOther }: Candidate, wanted: Wanted): Promise<Range | UserError> {
  try {
    const { from, to } = await rangeOf(store, inForce, wanted);
    if (!countsOther) return { from, to };
    const other = await rangeOf(store, candidate, wanted).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`the candidate counts other events as ${name}, and of those ${error.message}`);
    });
    const both = { from: Math.max(from, other.from), to: Math.min(to, other.to) };
    if (both.from <= both.to) return both;
    return new UserError(`the candidate counts other events as ${name}, and there is no second of which both are known.`);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function comparedOf(
  candidate: Candidate,
  { from, to, sides }: BothPlayed,
  pictures: PagePictures | undefined,
): Promise<ComparedMetric> {
  const [inForce, other] = sides;
  const compared = compare(inForce.replayed.pages, other.replayed.pages);
  const more = await draw(candidate, compared, sides, pictures);
  const count = ({ replayed }: Played): number => replayed.pages.length + replayed.pagesNotListed;
  const notes = [
    ...candidate.notes,
    ...(candidate.countsOther ? [`the candidate counts other events: both are played from ${showSecond(from)} to ${showSecond(to)}`] : []),
    ...new Set([...outBefore(inForce), ...outBefore(other), ...doubtsOf(inForce.replayed, null)]),
    ...(sides.some(({ replayed }) => replayed.pagesNotListed > 0) ? [`only the first ${PAGES_LISTED_MAX} pages of each are compared`] : []),
    ...more,
  ];
  const { seconds } = inForce.replayed;
  return { ...compared, candidate, from, to, seconds, pages: { inForce: count(inForce), candidate: count(other) }, notes };
}

/** Pages that only one of them sends, by the limits of who sends them. @returns what has no picture, in words */
async function draw(
  { name, inForce, candidate }: Candidate,
  { onlyInForce, onlyCandidate }: Compared<Page>,
  [played, other]: readonly [Played, Played],
  pictures: PagePictures | undefined,
): Promise<string[]> {
  if (!pictures) return [];
  let drawn = 0;
  for (const [side, pages, { kept }, { pageWhen }] of [
    ['-only-candidate', onlyCandidate, other, candidate],
    ['-only-in-force', onlyInForce, played, inForce],
  ] as const) {
    // What a thread answers with are copies: a page is known by its second.
    const wanted = new Set(pages.map(({ at }) => at));
    const pictured = kept.filter(({ page }) => wanted.has(page.at)).slice(0, PICTURES_MAX);
    await pictures.draw(name, pictured, pageWhen, side);
    drawn += pictured.length;
  }
  const all = onlyInForce.length + onlyCandidate.length;
  return drawn < all ? [`only ${drawn} of ${all.toLocaleString('en-US')} pages that differ have a picture`] : [];
}
