/** What must hold at the end of a life, from what stands in the event log and what arrived at people. */
import { after, type Incident, UNKNOWN } from '../../alerting/incident/incident.ts';
import { decodeSignals } from '../../platform/topics/signals.ts';
import type { Letter } from '../support/post-office.ts';
import type { World } from '../support/world.ts';

/** A host that may not know what became of a page, or not be able to say it. Monotonic ms of the world. */
export interface Unsure {
  readonly host: string;
  /** Nor can it say in time that it sends one: nobody can leave it alone with what he does not know. */
  readonly isMute: boolean;
  readonly from: number;
  to: number;
}

export interface Happened {
  readonly unsure: readonly Unsure[];
  /** Monotonic ms of the world; null where nothing fell. */
  readonly fellAt: number | null;
  /** The fall may seem to begin so long after that, ms. */
  readonly fromMs: number;
}

const SECOND = 1000;
/** An open try is left alone for five seconds from when its intention was read; its letter is under way for up to three of them. */
const OPEN_TRY_MS = 5000;
const UNDER_WAY_MS = 3000;
const LATE_MS = OPEN_TRY_MS - UNDER_WAY_MS;

/** @returns what does not hold: one incident a fall, a page for it and for nothing else, none twice but where its fate was unknown */
export function judge(world: World, { unsure, fellAt, fromMs }: Happened): string[] {
  const wrong: string[] = [];
  const fellIn = world.clock.wall() - world.clock.monotonic() + (fellAt ?? Number.POSITIVE_INFINITY) + fromMs;
  const falseDrop = dropsOf(world).find(({ second }) => second * SECOND < fellIn - SECOND);
  if (falseDrop) wrong.push(`a false drop by ${falseDrop.by} in second ${falseDrop.second}`);
  const opened = incidentsOf(world).length;
  const pages = world.postOffice.arrived.filter(({ message }) => message.facts.kind === 'page');
  if (pages.some(({ at }) => at < (fellAt ?? Number.POSITIVE_INFINITY))) wrong.push('a false page');
  if (fellAt === null) return opened > 0 ? [...wrong, 'a false incident'] : wrong;
  if (pages.length === 0) wrong.push('a missed page');
  if (opened > 1) wrong.push(`${opened} incidents of one fall`);
  pages.forEach((page, i) => {
    const before = pages[i - 1];
    if (before && !isExcused(before, page, unsure)) wrong.push('a page that came twice');
  });
  return wrong;
}

/** Of any replica, also those that came second and decided nothing. */
function dropsOf(world: World): { second: number; by: string }[] {
  const records = world.disk.records(world.topics.signals, 0).map(decodeSignals);
  return records.filter(({ signals }) => signals.some(({ state }) => state === 'dropped'));
}

function incidentsOf(world: World): Incident[] {
  const incidents = new Map<string, Incident>();
  for (const line of world.journal()) incidents.set(line.incident, after(incidents.get(line.incident) ?? UNKNOWN, line));
  return [...incidents.values()].filter(({ is }) => is !== 'unknown');
}

/**
 * Twice is allowed only where what became of the first could not be known: and then not at once, unless one of the two was cut off from
 * the journal.
 */
function isExcused(first: Letter, second: Letter, unsure: readonly Unsure[]): boolean {
  const within = (host: string, from: number, to: number): Unsure[] =>
    unsure.filter((one) => one.host === host && one.from <= to && one.to + SECOND >= from);
  const was = (host: string, from: number, to: number): boolean => within(host, from, to).length > 0;
  if (within(first.from, first.at - OPEN_TRY_MS, first.at).some(({ isMute }) => isMute)) return true;
  const isLate = second.at - first.at > LATE_MS;
  return (
    was(second.from, second.at - OPEN_TRY_MS, second.at) || (isLate && was(first.from, first.at - UNDER_WAY_MS, first.at + OPEN_TRY_MS))
  );
}
