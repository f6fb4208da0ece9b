/** A line of the journal as a sentence. */
import { displayName } from '../../alerting/oncall/contact.ts';
import type { Attempt, FellFacts, IncidentLine } from '../../platform/topics/incidents.ts';
import { metricOf } from '../../platform/topics/signals.ts';
import { showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showAbout, showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { showWhere } from '../../platform/units/where.ts';

export function journalText(line: IncidentLine): string {
  switch (line.kind) {
    case 'opened':
      return `Opened, Sev-${line.severity}: ${fellText(line.fell)}${line.held ? `. Nobody is told: ${line.held}` : ''}`;
    case 'joined':
      return `Joined: ${fellText(line.fell)}`;
    case 'escalated':
      return `Step ${line.step + 1}: ${names(line.people)} to be paged, ${line.reason}`;
    case 'intended':
      return `${messageName(line)} intended: ${displayName(line.person)} by ${wayName(line)}${again(line)}`;
    case 'sent':
      return `${messageName(line)} to ${displayName(line.person)} by ${wayName(line)} accepted${line.detail ? `: ${line.detail}` : ''}`;
    case 'failed':
      return `${messageName(line)} to ${displayName(line.person)} by ${wayName(line)} failed: ${line.reason}${retryOf(line)}`;
    case 'silenced':
      return `Held back: ${line.reason}`;
    case 'acknowledged':
      return `${displayName(line.person)} acknowledged ${viaWords(line.via)}`;
    case 'recovered':
      return `${metricOf(line.series)} is back${line.missing > 0 ? `, about ${showAbout(line.missing)} missing` : ''}`;
    case 'resolved':
      return `Resolved: ${line.reason}`;
    default:
      return unheardOf(line);
  }
}

function fellText(fell: FellFacts): string {
  const { metric, rateBefore, rateAfter, drop, steepness, derivative } = fell;
  const facts = `${showShare(drop)} below usual, ${showSigmas(steepness)}, ${showSlope(derivative)}`;
  const where = showWhere(fell);
  return `${metric} fell from ${showRate(rateBefore)} to ${showRate(rateAfter)}, ${facts}${where ? `; ${where}` : ''}`;
}

function messageName({ message }: Attempt): string {
  if (message === 'page') return 'Page';
  return message === 'resolved' ? 'All-clear' : 'Note of the acknowledgement';
}

function retryOf({ again: retried }: { readonly again: boolean }): string {
  return retried ? ', tried again' : '';
}

function wayName({ way }: Attempt): string {
  return way === 'email' ? 'e-mail' : way;
}

function again(attempt: Attempt): string {
  return attempt.try > 1 ? `, try ${attempt.try}` : '';
}

function viaWords(via: string): string {
  if (via === 'link') return 'by the link in the mail';
  return via === 'dashboard' ? 'on the dashboard' : `by ${via}`;
}

function names(people: readonly string[]): string {
  return people.map(displayName).join(' and ') || 'nobody';
}

/** A kind that a newer version writes. */
function unheardOf(line: never): string {
  return String((line as { kind: unknown }).kind);
}
