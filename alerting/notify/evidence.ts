/** The rows under the fact: everything that helps to decide what to do, each number with what it is compared with. */
import type { FellFacts } from '../../platform/topics/incidents.ts';
import { showClock, showDay, showZone } from '../../platform/units/clock-time.ts';
import { showLoss, showSigmas, showTenths } from '../../platform/units/numbers.ts';
import { showMissing } from '../../platform/units/rate.ts';
import { showWhere } from '../../platform/units/where.ts';
import type { Delivery } from '../incident/deliveries.ts';
import { type Fall, type KnownIncident, leadOf } from '../incident/incident.ts';
import { peerSaid } from '../incident/peer-words.ts';
import { showSteepLimit } from '../incident/steep-limit.ts';
import { listed } from '../incident/verdict.ts';
import { falsePagesAt, inert, producerName, rateChange } from '../incident/words.ts';
import { displayName } from '../oncall/contact.ts';

export interface Row {
  readonly label: string;
  readonly value: string;
  /** What it is compared with. */
  readonly aside?: string;
}

/** Metrics that fell too and silent apps are named up to this many, then counted. */
const NAMED_MAX = 8;

export function evidence(incident: KnownIncident, timezone: string): Row[] {
  const lead = leadOf(incident);
  const { fell } = lead;
  const from = fell.from * 1000;
  return [
    ...told(incident, timezone),
    ...together(incident.falls.filter((fall) => fall !== lead)),
    ...where(fell),
    ...beside(fell),
    { label: 'Since', value: `${showClock(from, timezone)} ${showZone(from, timezone)}, ${showDay(from, timezone)}` },
    ...(fell.missing >= 1 ? [{ label: 'Missing so far', value: missingOf(fell) }] : []),
    { label: 'How sure', value: showSigmas(fell.steepness), ...sureAside(fell) },
    { label: 'How steep', value: `${showTenths(fell.derivative)}\u00a0% of usual per second`, ...steepAside(fell) },
    ...apps(fell, timezone),
  ];
}

/** Who was reached before, when this is a later step. */
function told({ steps, deliveries }: KnownIncident, timezone: string): Row[] {
  if (steps.length < 2) return [];
  const newest = steps.at(-1)?.step ?? 0;
  const reached = deliveries.filter((d: Delivery) => d.message === 'page' && d.step < newest && d.is === 'sent' && !d.person.includes(' '));
  const names = reached.map((d) => `${displayName(inert(d.person))} at ${showClock(d.at, timezone)}`);
  return [{ label: 'Paged before', value: names.length > 0 ? some(names) : 'nobody could be reached' }];
}

/** Which segments carry the fall, or that all do alike. */
function where({ by, segment, segments }: FellFacts): Row[] {
  const value = showWhere({
    ...(by !== undefined && { by: inert(by) }),
    ...(segment !== undefined && { segment: inert(segment) }),
    ...(segments && { segments: segments.map((one) => ({ ...one, segment: inert(one.segment) })) }),
  });
  return value === null ? [] : [{ label: 'Where', value }];
}

function together(falls: readonly Fall[]): Row[] {
  const rows = falls.slice(0, NAMED_MAX).map(({ fell }, i): Row => {
    return { label: i === 0 ? 'Fell with it' : '', value: `${inert(fell.metric)}, ${rateChange(fell)}`, aside: `(${showLoss(fell.drop)})` };
  });
  const more = falls.length - rows.length;
  return more > 0 ? [...rows, { label: '', value: `and ${more.toLocaleString('en-US')} more` }] : rows;
}

/** `about 5,800 orders` */
export function missingOf({ metric, missing, value }: Pick<FellFacts, 'metric' | 'missing' | 'value'>): string {
  return showMissing(missing, inert(metric), value === undefined ? undefined : inert(value));
}

/** A metric that others were asked to be told beside of. */
function beside(fell: FellFacts): Row[] {
  return (fell.peers ?? []).slice(0, NAMED_MAX).map((peer, i) => {
    const { change, rates, meaning } = peerSaid(peer, fell);
    return { label: i === 0 ? 'Beside it' : '', value: change, aside: `(${rates ? `${rates}; ` : ''}${meaning})` };
  });
}

function sureAside({ threshold, raisedFrom, raisedByDays = 0 }: FellFacts): { aside?: string } {
  if (threshold < 0 && raisedFrom !== undefined) {
    const days = `${Math.floor(raisedByDays)} days of history`;
    return { aside: `(pages at ${showTenths(threshold)}: raised from ${showTenths(raisedFrom)} by ${days})` };
  }
  return threshold < 0 ? { aside: `(pages at ${showTenths(threshold)}: ${falsePagesAt(threshold)})` } : {};
}

function steepAside({ steepLimit }: FellFacts): { aside?: string } {
  return steepLimit ? { aside: `(${showSteepLimit(steepLimit)})` } : {};
}

function apps({ silent, producers, noneSpeaksSince }: FellFacts, timezone: string): Row[] {
  if (noneSpeaksSince !== undefined) {
    const last = silent.length > 0 ? `, the last: ${some(silent.map(producerName))}` : '';
    return [{ label: 'Apps', value: `none has spoken since ${showClock(noneSpeaksSince, timezone)}${last}` }];
  }
  const all = Math.max(producers, silent.length);
  if (all === 0) return [];
  const speaking = `${all - silent.length} of ${all} apps speaking`;
  if (silent.length === 0) return [{ label: 'Data', value: speaking }];
  return [{ label: 'Data', value: `${speaking}, silent: ${some(silent.map(producerName))}` }];
}

function some(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return more > 0 ? listed([...names.slice(0, NAMED_MAX), `${more} more`]) : listed(names);
}
