/** YAML fragment `keys`: who may send events. */
import Type from 'typebox';

export const keysFragment = Type.Array(
  Type.Object(
    {
      name: Type.String({
        minLength: 1,
        maxLength: 60,
        description: 'Who sends with it, in up to 60 characters: shown in answers and log lines',
      }),
      key: Type.String({
        minLength: 16,
        expects: 'a text of at least 16 characters',
        description: 'What apps send as a bearer token: 16 characters or more',
      }),
      types: Type.Optional(Type.Array(Type.String(), { description: 'Event types that it may send', leftOut: 'all' })),
    },
    { additionalProperties: false },
  ),
  {
    description: 'Who may send events',
    leftOut: 'anyone who reaches the port',
    examples: [[{ name: 'shop', key: '${SHOP_KEY}', types: ['order.placed'] }]],
  },
);
