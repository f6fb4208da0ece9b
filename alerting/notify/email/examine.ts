/** Does the mail server take our letters? Greets it, encrypts, logs in, and leaves without a letter. */
import type { Diagnosis } from '../../../platform/units/diagnosis.ts';
import { failureOf, isLoopback, transportTo } from './email.ts';
import { type MailOptions, type SmtpServer, smtpServerOf } from './options.ts';

/** Never throws. */
export async function examineMail({ smtp, from }: MailOptions): Promise<Diagnosis[]> {
  const of = 'mail server';
  const server = smtpServerOf(smtp);
  if (typeof server === 'string') return [{ is: 'ill', of, says: `mail.smtp ${server}` }];
  const transport = transportTo(server);
  try {
    await transport.verify();
    return [
      { is: 'well', of, says: `${wayOf(server)} No letter was sent: whether it takes those from ${from} shows at the first.` },
      ...inTheClear(server),
    ];
  } catch (error) {
    return [{ is: 'ill', of, says: `${failureOf(error, server).reason}. ${adviceFor(error)} Nobody is paged by mail until then.` }];
  } finally {
    transport.close();
  }
}

function wayOf({ host, port, secure, auth }: SmtpServer): string {
  const encrypted = secure ? 'TLS from the first byte' : auth && !isLoopback(host) ? 'STARTTLS' : 'no TLS asked for';
  return `${host}:${port} answers (${encrypted}${auth ? `, logged in as ${auth.user}` : ', no login'}).`;
}

function inTheClear({ host, secure, auth }: SmtpServer): Diagnosis[] {
  if (secure || auth || isLoopback(host)) return [];
  const says = 'without a user and password TLS is used where the server offers it, and not insisted on.';
  return [{ is: 'warning', of: 'mail server', says: `${says} Write smtps:// where it has such a port.` }];
}

function adviceFor(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'EAUTH') return 'Correct user and password before the @ of mail.smtp.';
  if (code === 'ETLS') return 'Correct the port of mail.smtp, or write smtps:// where the server begins with TLS.';
  return 'Start it, or correct mail.smtp.';
}
