/** Pages as people got them, held against what was true: which metric had an outage when. */
import type { FellFacts, JournalLine } from '../../platform/topics/incidents.ts';
import type { Caught } from '../support/mailbox.ts';
import type { Outage } from './outage.ts';
import type { World } from './world.ts';

/** A fall may be dated so much before or after the first second that lacks events. */
const DATED_MS = 3000;

const PAGE = /^<(inc-[^.]+)\.page-/;

type Told = Extract<JournalLine, { kind: 'opened' | 'joined' }>;

/** Falls that somebody is told of: severity 1, and not held back. */
export function fallsTold(journal: readonly JournalLine[]): Told[] {
  return journal.filter((line): line is Told => {
    if (line.kind === 'opened') return line.severity === 1 && line.held === undefined;
    return line.kind === 'joined' && line.severity === 1;
  });
}

/** The incident a page is about; null for other letters. */
export function incidentOf({ mail }: Pick<Caught, 'mail'>): string | null {
  return PAGE.exec(mail.messageId ?? '')?.[1] ?? null;
}

/** Pages of the incidents that an outage opened or joined, the first first; those of before it told of another fall. */
export function pagesOf({ observer, mailbox }: Pick<World, 'observer' | 'mailbox'>, outage: Outage): Caught[] {
  const own = fallsTold(observer.journal).filter(({ fell }) => isTrue(fell, [outage]));
  const incidents = new Set(own.map(({ incident }) => incident));
  return mailbox.caught.filter((letter) => letter.at >= outage.from && incidents.has(incidentOf(letter) ?? ''));
}

export function isTrue(fell: FellFacts, outages: readonly Outage[]): boolean {
  const at = fell.from * 1000;
  return outages.some(({ metric, from, to }) => metric === fell.metric && at >= from - DATED_MS && at <= to + DATED_MS);
}

/** Two journal lines of one fall, one of each replica, are one fall. */
export function falseFalls(journal: readonly JournalLine[], outages: readonly Outage[]): FellFacts[] {
  const falls = fallsTold(journal).map(({ fell }) => fell);
  const wrong = falls.filter((fell) => !isTrue(fell, outages));
  return wrong.filter((fell, i) => wrong.findIndex((other) => other.series === fell.series && other.at === fell.at) === i);
}
