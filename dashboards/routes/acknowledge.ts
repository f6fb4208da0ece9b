/** The link in the mail: GET shows the fact and a button and changes nothing (mail scanners open every link); POST says "I have it". */
import { createHash } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Acknowledging, acknowledge, incidentNow } from '../../alerting/delivery/acknowledge.ts';
import type { Links, ReadLink } from '../../alerting/delivery/links.ts';
import { acknowledgement } from '../../alerting/incident/acknowledge.ts';
import { type Incident, type KnownIncident, leadOf } from '../../alerting/incident/incident.ts';
import { capitalised, fallSentence, inert, rateChange } from '../../alerting/incident/words.ts';
import { displayName } from '../../alerting/oncall/contact.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import { showClock, showZone } from '../../platform/units/clock-time.ts';

export interface AcknowledgeRouteOptions extends Acknowledging {
  readonly links: Pick<Links, 'read'>;
  readonly telemetry: Telemetry;
  /** IANA name, as configured at this moment. */
  readonly timezone: () => string;
  /** Where people reach us, when that is not the address that is bound. */
  readonly publicUrl?: string | undefined;
}

const FORM_BYTES_MAX = 1024;

type LinkRequest = FastifyRequest<{ Params: { token: string } }>;

export const acknowledgeRoutes: FastifyPluginAsync<AcknowledgeRouteOptions> = async (app, options) => {
  const { links, clock, telemetry, timezone, publicUrl } = options;
  // The form has no fields: the address says everything, and what is sent with it is not looked at.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_BYTES_MAX }, (_request, _body, done) => done(null, null));

  async function answer(request: LinkRequest, reply: FastifyReply, done: boolean): Promise<FastifyReply> {
    const link = links.read(request.params.token, clock.wall());
    if (!link || link.expired) return send(reply, refusal(link));
    const { incident: id, person } = link.claim;
    try {
      const incident = done ? (await acknowledge(options, id, person, 'link')).incident : await incidentNow(options, id);
      return send(reply, told(incident, person, timezone(), done));
    } catch (error) {
      telemetry.stepFailed({ step: 'acknowledge', incident: id, error });
      const text = 'The journal could not be reached. Try again in a moment; until it is written down, others go on being paged.';
      return send(reply, { status: 503, title: 'Not written down yet', text, again: true });
    }
  }

  app.get('/a/:token', (request: LinkRequest, reply) => answer(request, reply, false));
  app.post('/a/:token', (request: LinkRequest, reply) => {
    if (isOurOwn(request, publicUrl)) return answer(request, reply, true);
    const text = 'This form was not sent from our own page. Press the button here.';
    return send(reply, { status: 403, title: 'Nothing was changed', text, again: true });
  });
};

/** What the page says. */
interface Said {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** A person is needed now. */
  readonly alarm?: boolean;
  /** Shows the button. */
  readonly again?: boolean;
  readonly incident?: string;
}

function refusal(link: ReadLink): Said {
  if (link) return { status: 410, title: 'This link has expired', text: 'Open the newest mail of its thread, or the dashboard.' };
  const text = 'It may have been cut off on its way. Open it from the mail again, or acknowledge on the dashboard.';
  return { status: 404, title: 'This is not a link of ours', text };
}

function told(incident: Incident, person: string, timezone: string, posted: boolean): Said {
  const time = (at: number): string => `${showClock(at, timezone)} ${showZone(at, timezone)}`;
  if (incident.is === 'unknown') return { status: 404, title: 'There is no such incident', text: 'The journal that knew it is gone.' };
  const base = { status: 200, incident: incident.id };
  const outcome = acknowledgement(incident);
  switch (outcome.kind) {
    case 'over': {
      const had = outcome.inHand ? ` ${displayName(inert(outcome.inHand.person))} had it in hand.` : '';
      return { ...base, title: 'It is over', text: `${fact(incident, timezone)} Resolved at ${time(outcome.resolvedAt)}.${had}` };
    }
    case 'already': {
      const yours = outcome.inHand.person === person;
      const who = yours ? 'You have it' : `${displayName(inert(outcome.inHand.person))} has it`;
      const calm = yours && posted ? ' Nobody else will be paged.' : '';
      return { ...base, title: who, text: `Since ${time(outcome.inHand.at)}.${calm} ${fact(incident, timezone)}` };
    }
    default: {
      const { fell } = leadOf(incident);
      const since = `${rateChange(fell)} since ${time(fell.from * 1000)}. Nobody has it yet.`;
      const text = `${since} You answer as ${displayName(inert(person))}.`;
      return { ...base, title: capitalised(fallSentence(fell, timezone)), text, alarm: true, again: true };
    }
  }
}

function fact(incident: KnownIncident, timezone: string): string {
  const { fell } = leadOf(incident);
  return `${capitalised(fallSentence(fell, timezone))}: ${rateChange(fell)}.`;
}

/** Browsers say where a form comes from; a program that holds the link may send it as it likes. */
function isOurOwn({ headers }: FastifyRequest, publicUrl: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'cross-site';
  const { origin } = headers;
  if (origin === undefined || origin === 'null') return true;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === headers.host || (publicUrl !== undefined && host === new URL(publicUrl).host));
}

const STYLE = `:root{color-scheme:light dark;
--page:#f6f7f9;--tile:#fff;--line:#e2e6eb;--text:#12161c;--text-2:#4c5663;--on:#fff;--focus:#0072b2}
@media(prefers-color-scheme:dark){:root{
--page:#0a0c0f;--tile:#12151a;--line:#20252d;--text:#eef1f5;--text-2:#a8b1bd;--on:#0a0c0f;--focus:#56b4e9}}
*{box-sizing:border-box}
body{margin:0;padding:14px;background:var(--page);color:var(--text);font:17px/1.5 Inter,system-ui,sans-serif}
main{max-width:480px;margin:4vh auto 0;background:var(--tile);border:1px solid var(--line);border-radius:14px;overflow:hidden}
.alarm{margin:0;padding:12px 24px;background:#b84300;color:#fff;font-size:15px;font-weight:600}
.body{padding:24px}
h1{margin:0;font-size:27px;line-height:1.2;letter-spacing:-.022em}
p{margin:8px 0 0;color:var(--text-2)}
button{width:100%;min-height:56px;margin-top:20px;font:inherit;font-size:19px;font-weight:600;
color:var(--on);background:var(--text);border:0;border-radius:9px}
a{display:inline-block;margin-top:20px;padding:10px 0;color:inherit}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The address holds the right to acknowledge: it is not kept, not indexed, and not told to other sites. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'cross-origin-opener-policy': 'same-origin',
};

function send(reply: FastifyReply, said: Said): FastifyReply {
  return reply.code(said.status).headers(HEADERS).send(page(said));
}

function page({ title, text, alarm, again, incident }: Said): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)} · Plummet</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${alarm ? '<p class="alarm" role="status"><span aria-hidden="true">↓&nbsp;</span> Sev-1: needs a person now</p>' : ''}
<div class="body">
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
${again ? '<form method="post"><button>Acknowledge</button></form>' : ''}
${incident ? `<a href="/incidents/${encodeURIComponent(incident)}">Open the incident</a>` : ''}
</div>
</main>
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
