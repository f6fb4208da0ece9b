/** E-mail by SMTP: one letter to one person, tried once, answered within three seconds. */
import { createTransport } from 'nodemailer';
import type { Message, Notifier, Outcome, Picture } from '../notifier.ts';
import { letterOf } from './letter.ts';
import { type MailOptions, type SmtpServer, smtpServerOf } from './options.ts';

/** The library's own limits are 30 s to 10 min: unusable for a page. */
const CONNECT_MS = 2000;
const GREETING_MS = 2000;
const SILENCE_MS = 3000;
const DNS_MS = 1000;

/** Refusals that will be the same next time: RFC 5321, section 4.2.1. 503 blames the session, and the next one is new. */
const isPermanent = (code: number | undefined): boolean => code !== undefined && code >= 500 && code !== 503;
const REASON_CHARS_MAX = 300;

export function emailNotifier({ smtp, from }: MailOptions): Notifier {
  const server = smtpServerOf(smtp);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    channel: 'email',
    isIllustrated: true,
    async send(message, signal) {
      if (typeof server === 'string') return { kind: 'failed', reason: `mail.smtp ${server}`, again: false };
      try {
        const info = await transportTo(server).sendMail({ ...mailOf(message, from, domain), signal });
        return outcomeOf(info);
      } catch (error) {
        return failureOf(error, server);
      }
    },
  };
}

/** A connection of its own for each letter: a page must not wait behind another's time-out. */
export function transportTo({ host, port, secure, auth }: SmtpServer): ReturnType<typeof createTransport> {
  return createTransport({
    host,
    port,
    secure,
    ...(auth && { auth }),
    // Without it a password would cross the network in the clear wherever somebody strips the server's offer of TLS.
    requireTLS: !secure && auth !== undefined && !isLoopback(host),
    ignoreTLS: isLoopback(host),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    dnsTimeout: DNS_MS,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function mailOf({ key, incident, way, facts, repeat, picture }: Message, from: string, domain: string): object {
  const shown = picture && { cid: `picture.${key}@${domain}`, alt: picture.alt };
  const { text, html } = letterOf(facts, { repeat, ...(shown && { picture: shown }) });
  const thread = `<${incident}@${domain}>`;
  return {
    from: { name: 'Plummet', address: from },
    to: { name: '', address: way.to },
    // Gmail breaks a thread where the subject changes, and takes `Re:` for no change; on a phone it says that this is no second page.
    subject: facts.kind === 'page' ? facts.subject : `Re: ${facts.subject}`,
    // The same at each try: a receiver that has it already can tell.
    messageId: `<${key}@${domain}>`,
    // Nobody ever sent the root; that all refer to it is what makes them one thread, whichever arrives first.
    inReplyTo: thread,
    references: thread,
    ...(facts.kind === 'page' && { priority: 'high' as const }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text,
    html,
    ...(picture && shown && { attachments: [inlineOf(picture, incident, shown.cid)] }),
  };
}

/** Part of the HTML, and a file with a name where a reader shows the text. */
function inlineOf({ png }: Picture, incident: string, cid: string): object {
  const content = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  return { filename: `${incident}.png`, content, contentType: 'image/png', contentDisposition: 'inline', cid };
}

interface SmtpAnswer {
  readonly accepted?: readonly unknown[];
  readonly rejected?: readonly unknown[];
  readonly rejectedErrors?: readonly { responseCode?: number; response?: string }[];
  readonly response?: string;
}

/** The library resolves as long as one recipient was taken, so what it says of refused ones is looked at. */
function outcomeOf(info: SmtpAnswer): Outcome {
  const refused = info.rejectedErrors?.[0];
  if (refused || (info.rejected?.length ?? 0) > 0 || (info.accepted?.length ?? 0) === 0) {
    const reason = oneLine(refused?.response ?? 'the server took the letter for nobody');
    return { kind: 'failed', reason, again: !isPermanent(refused?.responseCode) };
  }
  return { kind: 'sent', detail: oneLine(info.response ?? 'accepted') };
}

/** 451 and 550 both come as EENVELOPE: only the server's own number tells what may work later. */
export function failureOf(error: unknown, { host, port, auth }: SmtpServer): Extract<Outcome, { kind: 'failed' }> {
  const { code, responseCode, response, message } = error as { code?: string; responseCode?: number; response?: string; message?: string };
  const said = response ?? (code === 'EABORT' ? 'no answer in time' : (message ?? String(error)));
  const reason = oneLine(`${host}:${port}: ${said}`);
  return { kind: 'failed', reason: auth?.pass ? reason.replaceAll(auth.pass, '<secret>') : reason, again: !isPermanent(responseCode) };
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, REASON_CHARS_MAX);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
