/** The demo's buttons and its mailbox; registered only where the demo shop runs. */
import type { FastifyPluginAsync } from 'fastify';
import { nearest } from '../../platform/config/problem.ts';
import { refuse } from '../access/guard.ts';
import type { MailItem } from '../live-frames.ts';

export interface Demo {
  /** ms since the epoch */
  readonly startedAt: number;
  /** Names of what can be done to the shop: `break-checkout`, … */
  readonly actions: readonly string[];
  act(name: string): Promise<void>;
  /** What was received so far, the oldest first. */
  mailbox(): readonly (MailItem & WithPictures)[];
}

/** What mail readers do with pictures that travel with a mail: by its Content-ID each is a `data:` address. */
interface WithPictures {
  readonly pictures?: Readonly<Record<string, string>>;
}

/** A mail is somebody's HTML: no script, no network, and its links open elsewhere. */
const MAIL_POLICY = [
  'sandbox allow-popups allow-popups-to-escape-sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
].join('; ');

export const demoRoutes: FastifyPluginAsync<{ demo: Demo }> = async (app, { demo }) => {
  app.post<{ Params: { action: string } }>('/api/demo/:action', { config: { need: 'act' } }, async (request, reply) => {
    const { action } = request.params;
    if (!demo.actions.includes(action)) {
      const near = nearest(action, demo.actions);
      const known = near ? `Did you mean "${near}"?` : `There are: ${demo.actions.join(', ')}.`;
      return refuse(reply, 404, 'no-such-action', `The shop cannot "${action}". ${known}`);
    }
    await demo.act(action);
    return { action };
  });

  app.get('/api/demo/mailbox', { config: { need: 'look' } }, async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send(demo.mailbox().map(withoutPictures).reverse());
  });

  app.get<{ Params: { id: string } }>('/api/demo/mailbox/:id/html', { config: { need: 'look' } }, async (request, reply) => {
    const mail = demo.mailbox().find(({ id }) => id === request.params.id);
    if (!mail) return refuse(reply, 404, 'no-such-mail', 'The mailbox holds no such mail.');
    reply.header('content-security-policy', MAIL_POLICY).header('x-frame-options', 'SAMEORIGIN');
    return reply.type('text/html; charset=utf-8').send(`<base target="_blank">${shown(mail) || `<pre>${plain(mail.text)}</pre>`}`);
  });
};

/** The list is asked for each second: what only the frame shows stays out of it. */
function withoutPictures({ pictures: _, ...mail }: MailItem & WithPictures): MailItem {
  return mail;
}

function shown({ html, pictures = {} }: MailItem & WithPictures): string {
  return html.replace(/(<img src=")cid:([^"]+)"/g, (whole, before, cid) => (pictures[cid] ? `${before}${pictures[cid]}"` : whole));
}

function plain(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
