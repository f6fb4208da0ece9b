/** Message → the body of Alertmanager's webhook, version 4, which most tools that take alerts read already. */
import { createHash } from 'node:crypto';
import { showWhere } from '../../../platform/units/where.ts';
import type { Fall, KnownIncident } from '../../incident/incident.ts';
import { peerSaid } from '../../incident/peer-words.ts';
import { fallSentence, inert, rateChange } from '../../incident/words.ts';
import type { Message } from '../notifier.ts';

type Texts = Readonly<Record<string, string>>;

interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Texts;
  readonly annotations: Texts;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface WebhookBody {
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Texts;
  readonly commonLabels: Texts;
  readonly commonAnnotations: Texts;
  readonly externalURL: string;
  readonly alerts: readonly Alert[];
}

/** Metrics that fell together beyond this are counted. */
const ALERTS_MAX = 50;
/** Go's zero time: not over yet. */
const NEVER = '0001-01-01T00:00:00Z';
const FINGERPRINT_CHARS = 16;
const DIGITS = 4;

export function bodyOf(message: Message): WebhookBody {
  const { state, person, facts, incident } = message;
  const commonLabels = { alertname: 'PlummetDrop', incident, severity: state.severity === 1 ? 'critical' : 'warning' };
  return {
    version: '4',
    groupKey: `{}:{incident="${incident}"}`,
    truncatedAlerts: Math.max(0, state.falls.length - ALERTS_MAX),
    status: statusOf(state),
    receiver: person,
    groupLabels: { incident },
    commonLabels,
    commonAnnotations: annotationsOf(message),
    externalURL: URL.canParse(facts.incidentUrl) ? new URL(facts.incidentUrl).origin : facts.incidentUrl,
    alerts: state.falls.slice(0, ALERTS_MAX).map((fall) => alertOf(fall, message, commonLabels)),
  };
}

const statusOf = (state: KnownIncident): 'firing' | 'resolved' => (state.is === 'resolved' ? 'resolved' : 'firing');

/** What is said of the incident: `message` tells a page from what follows it. */
function annotationsOf({ facts, state }: Message): Texts {
  const { action, incidentUrl } = facts;
  const inHand = state.is === 'open' ? null : state.inHand;
  return {
    message: facts.kind,
    summary: facts.headline,
    description: facts.line,
    incident_url: incidentUrl,
    ...(action && { acknowledge_url: action.url }),
    ...(inHand && { acknowledged_by: inert(inHand.person) }),
  };
}

function alertOf({ fell, recovered }: Fall, message: Message, commonLabels: Texts): Alert {
  const { state, facts, incident } = message;
  const where = showWhere(fell);
  const back = recovered ? recovered.second * 1000 : state.is === 'resolved' ? state.resolvedAt : null;
  const numbers = {
    rate_before: fell.rateBefore,
    rate_after: fell.rateAfter,
    drop: fell.drop,
    derivative: fell.derivative,
    steepness: fell.steepness,
    missing: Math.round(recovered?.missing ?? fell.missing),
  };
  return {
    status: back === null ? 'firing' : 'resolved',
    labels: { ...commonLabels, metric: inert(fell.metric) },
    annotations: {
      ...annotationsOf(message),
      summary: `${fallSentence(fell, 'UTC')}: ${rateChange(fell)}`,
      ...(fell.segment !== undefined && { segment: inert(fell.segment) }),
      ...(where && { where: where }),
      ...(fell.peers && { peers: fell.peers.map((peer) => peerSaid(peer, fell).change).join('; ') }),
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(Number(value.toPrecision(DIGITS)))])),
    },
    startsAt: moment(fell.from * 1000),
    endsAt: back === null ? NEVER : moment(back),
    generatorURL: facts.incidentUrl,
    fingerprint: createHash('sha256').update(`${incident} ${fell.series}`).digest('hex').slice(0, FINGERPRINT_CHARS),
  };
}

const moment = (ms: number): string => new Date(ms).toISOString();
