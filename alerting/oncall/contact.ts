/** YAML fragment `people`: who can be reached, and how, in the order in which the ways are tried. */
import Type, { type Static } from 'typebox';

const url = Type.String({
  minLength: 1,
  maxLength: 2048,
  expects: 'an address like https://host/path',
  description: 'Its address, `https://host/path`',
  editor: { pattern: '^\\s*[hH][tT][tT][pP][sS]?:' },
});
const secret = Type.String({
  minLength: 1,
  maxLength: 512,
  description: 'Signs what is sent: `whsec_` and base64, or any text',
  leftOut: 'nothing is signed',
});
const key = Type.String({ minLength: 1, maxLength: 128, description: 'The integration key' });

const contactFragment = Type.Object(
  {
    email: Type.Optional(
      Type.String({
        pattern: '^[^\\s@<>(),;:"\\\\]+@[^\\s@<>(),;:"\\\\]+$',
        maxLength: 254,
        expects: 'one address, like ana@example.com',
        description: 'An address, like `ana@example.com`; needs `mail`',
        examples: ['ana@example.com'],
      }),
    ),
    webhook: Type.Optional(
      Type.Union([url, Type.Object({ url, secret: Type.Optional(secret) }, { additionalProperties: false })], {
        description:
          "An address that takes Alertmanager's JSON by POST, or `{ url, secret }` with a secret that signs it (docs/webhook.md)",
        examples: ['https://hooks.example.com/ana', { url: 'https://hooks.example.com/ana', secret: '${ANA_HOOK}' }],
      }),
    ),
    pagerduty: Type.Optional(
      Type.Union([key, Type.Object({ key, url: Type.Optional(url) }, { additionalProperties: false })], {
        description:
          'The integration key of an Events API v2 integration, or `{ key, url }` where PagerDuty is reached elsewhere ' +
          '(the EU: `https://events.eu.pagerduty.com/v2/enqueue`)',
        examples: ['${PD_ANA}'],
      }),
    ),
  },
  { additionalProperties: false, description: 'The ways to reach one person, in the order in which they are tried' },
);

const PERSON_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$';

export const peopleFragment = Type.Record(Type.String({ pattern: PERSON_NAME }), contactFragment, {
  description: 'People who can be paged, by a short name: letters, digits, dots, dashes and underscores',
  examples: [{ ana: { email: 'ana@example.com' } }],
});

export type Contact = Static<typeof contactFragment>;
export type People = Readonly<Record<string, Contact>>;

/** One way to reach somebody: the channel that takes it and where to. */
export interface Way {
  readonly channel: string;
  /** The address; empty where the channel has one of its own. */
  readonly to: string;
  /** What signs or opens it; never told. */
  readonly secret?: string;
}

/** The ways of a person in the order written, the first to be tried first. */
export function waysOf(contact: Contact | undefined): Way[] {
  return Object.entries(contact ?? {}).flatMap(([channel, written]) => (written === undefined ? [] : [wayOf(channel, written)]));
}

function wayOf(channel: string, written: NonNullable<Contact[keyof Contact]>): Way {
  if (typeof written === 'string') return channel === 'pagerduty' ? { channel, to: '', secret: written } : { channel, to: written };
  if ('key' in written) return { channel, to: written.url ?? '', secret: written.key };
  return { channel, to: written.url, ...(written.secret !== undefined && { secret: written.secret }) };
}

/** `ana` is written `Ana` where a sentence or a button names her. */
export function displayName(person: string): string {
  return person.slice(0, 1).toUpperCase() + person.slice(1);
}
