/** PagerDuty by its Events API v2: an incident is triggered, acknowledged and resolved under one key, whoever of us says so. */

import { leadOf } from '../../incident/incident.ts';
import { inert } from '../../incident/words.ts';
import type { MayReach } from '../allow-private.ts';
import type { Message, Notifier } from '../notifier.ts';
import { post } from '../post.ts';
import { PAGERDUTY_URL, SUMMARY_CHARS_MAX } from './options.ts';

export function pagerdutyNotifier({ mayReach }: { readonly mayReach: MayReach }): Notifier {
  return {
    channel: 'pagerduty',
    async send(message, signal) {
      const { to, secret = '' } = message.way;
      const body = JSON.stringify(eventOf(message, secret));
      return post({ url: to || PAGERDUTY_URL, headers: {}, body, secrets: [secret], mayReach }, signal);
    },
  };
}

const ACTIONS = { page: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const;

/** @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events */
function eventOf(message: Message, routingKey: string): object {
  const { facts, incident } = message;
  const base = {
    routing_key: routingKey,
    event_action: ACTIONS[facts.kind],
    dedup_key: incident,
    client: 'Plummet',
    client_url: facts.incidentUrl,
  };
  return facts.kind === 'page' ? { ...base, payload: payloadOf(message), links: linksOf(message) } : base;
}

function payloadOf({ facts, state, key }: Message): object {
  const { fell } = leadOf(state);
  return {
    summary: facts.subject.slice(0, SUMMARY_CHARS_MAX),
    source: URL.canParse(facts.incidentUrl) ? new URL(facts.incidentUrl).host : 'plummet',
    severity: 'critical',
    timestamp: new Date(fell.from * 1000).toISOString(),
    component: inert(fell.metric),
    class: 'steep drop',
    custom_details: { ...detailsOf(facts), message: key },
  };
}

/** Rows under one label are one detail. */
function detailsOf({ rows }: Message['facts']): Record<string, string> {
  const details: Record<string, string> = {};
  let name = '';
  for (const { label, value, aside } of rows) {
    name = label || name;
    const words = aside ? `${value} ${aside}` : value;
    details[name] = details[name] === undefined ? words : `${details[name]}; ${words}`;
  }
  return details;
}

function linksOf({ facts }: Message): object[] {
  const open = { href: facts.incidentUrl, text: 'Open the incident' };
  return facts.action ? [{ href: facts.action.url, text: `${facts.action.label} in Plummet` }, open] : [open];
}
