/** A real SMTP server on loopback that keeps what it receives: the demo's mailbox. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Address, type Attachment } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface CaughtMail {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** ms since the epoch, at arrival */
  readonly at: number;
  readonly text: string;
  readonly html: string;
  /** Pictures that travelled with it, each as a `data:` address by its Content-ID. */
  readonly pictures: Readonly<Record<string, string>>;
}

const MAIL_BYTES_MAX = 1_000_000;

/** @returns the port, once it listens */
export async function catchMail(caught: (mail: CaughtMail) => void): Promise<{ port: number; close(): void }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: MAIL_BYTES_MAX,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        read(Buffer.concat(chunks)).then(
          (mail) => {
            caught(mail);
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return { port, close: () => server.close(() => undefined) };
}

async function read(raw: Buffer): Promise<CaughtMail> {
  const mail = await PostalMime.parse(raw);
  const address = (who: Address | undefined): string => who?.name || who?.address || '';
  return {
    id: mail.messageId ?? '',
    from: address(mail.from),
    to: (mail.to ?? []).map(address).join(', '),
    subject: mail.subject ?? '',
    at: Date.now(),
    text: mail.text ?? '',
    html: mail.html ?? '',
    pictures: Object.fromEntries(mail.attachments.flatMap(pictureOf)),
  };
}

function pictureOf({ contentId, mimeType, content }: Attachment): [cid: string, url: string][] {
  if (!contentId || !mimeType.startsWith('image/')) return [];
  const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.from(content as ArrayBuffer);
  return [[contentId.replace(/^<(.*)>$/, '$1'), `data:${mimeType};base64,${bytes.toString('base64')}`]];
}
