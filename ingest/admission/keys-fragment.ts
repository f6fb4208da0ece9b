/** YAML fragment `keys`: who may send events. */
import Type from 'typebox';

export const keysFragment = Type.Array(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 60, description: 'Who sends with it: shown in answers and log lines' }),
      key: Type.String({ minLength: 16, description: 'At least 16 characters; ${ENV} or file: keeps it out of the YAML' }),
      types: Type.Optional(Type.Array(Type.String(), { description: 'Event types that it may send; left out: all' })),
    },
    { additionalProperties: false },
  ),
  { description: 'Who may send events; without keys, anyone who can reach the port' },
);
