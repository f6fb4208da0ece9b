/** YAML fragment `people`: who can be reached, and how, in the order in which the ways are tried. */
import Type, { type Static } from 'typebox';

const contactFragment = Type.Object(
  {
    email: Type.Optional(
      Type.String({
        pattern: '^[^\\s@<>(),;:"\\\\]+@[^\\s@<>(),;:"\\\\]+$',
        maxLength: 254,
        description: 'One address, like ana@example.com',
      }),
    ),
  },
  { additionalProperties: false, description: 'The ways to reach one person, in the order in which they are tried' },
);

const PERSON_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$';

export const peopleFragment = Type.Record(Type.String({ pattern: PERSON_NAME }), contactFragment, {
  description: 'People who can be paged, by a short name: letters, digits, dots, dashes and underscores',
});

export type Contact = Static<typeof contactFragment>;
export type People = Readonly<Record<string, Contact>>;

/** One way to reach somebody: the channel that takes it and where to. */
export interface Way {
  readonly channel: string;
  /** What the channel's notifier needs, for e-mail the address. */
  readonly to: string;
}

/** The ways of a person in the order written, the first to be tried first. */
export function waysOf(contact: Contact | undefined): Way[] {
  return Object.entries(contact ?? {}).flatMap(([channel, to]) => (to === undefined ? [] : [{ channel, to }]));
}

/** `ana` is written `Ana` where a sentence or a button names her. */
export function displayName(person: string): string {
  return person.slice(0, 1).toUpperCase() + person.slice(1);
}
