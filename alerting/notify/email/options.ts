/** YAML fragment `mail`: the server that takes our mail, and who it comes from. */
import Type, { type Static } from 'typebox';

export const mailFragment = Type.Object(
  {
    smtp: Type.String({
      minLength: 1,
      expects: 'an address like smtp://user:password@host:587',
      description: 'The server that takes mail: `smtp://user:password@host:587`, or `smtps://…:465`',
      editor: { pattern: '^\\s*[sS][mM][tT][pP][sS]?://' },
      examples: ['${SMTP_URL}'],
    }),
    from: Type.String({
      pattern: '^[^\\s@<>(),;:"\\\\]+@[^\\s@<>(),;:"\\\\]+$',
      maxLength: 254,
      expects: 'one address, like plummet@example.com',
      description: 'The address that mail comes from',
      examples: ['plummet@example.com'],
    }),
  },
  { additionalProperties: false, description: 'The mail server for pages' },
);

export type MailOptions = Static<typeof mailFragment>;

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`). */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/** @returns the server, or a sentence that says what is wrong; never the password */
export function smtpServerOf(smtp: string): SmtpServer | string {
  let url: URL;
  try {
    url = new URL(smtp);
  } catch {
    return 'is no URL; write smtp://user:password@host:587.';
  }
  const secure = url.protocol === 'smtps:';
  if (!secure && url.protocol !== 'smtp:') return `begins with ${url.protocol}//; write smtp:// or smtps://.`;
  if (url.hostname === '') return 'names no host; write smtp://user:password@host:587.';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(url.port);
  try {
    const user = decodeURIComponent(url.username);
    const pass = decodeURIComponent(url.password);
    return { host, port, secure, ...(user !== '' && { auth: { user, pass } }) };
  } catch {
    return 'has a % in user or password that is not followed by two hexadecimal digits; write % as %25.';
  }
}
