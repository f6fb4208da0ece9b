/** YAML fragment `server`: where the one HTTP port listens and who may look. */
import Type from 'typebox';

export const SERVER_DEFAULT = { host: '127.0.0.1', port: 8080 } as const;

const ROLE = 'What it may do: a `viewer` looks; `responder`, `editor` and `admin` acknowledge as well';

export const serverFragment = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        description: 'Address to listen on. Any but a loopback address needs `tokens`',
        restart: true,
        default: SERVER_DEFAULT.host,
        examples: ['127.0.0.1', '0.0.0.0'],
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65535,
        description: 'The one port of gateway, dashboard, API and health; 0 takes a free one',
        restart: true,
        default: SERVER_DEFAULT.port,
      }),
    ),
    public_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s/?#]+',
        expects: 'an address like https://plummet.example.com',
        description: 'Links in pages begin with it',
        restart: true,
        leftOut: 'the bound address',
        examples: ['https://plummet.example.com'],
      }),
    ),
    tokens: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ description: 'Who or what uses it' }),
            role: Type.Union([Type.Literal('viewer'), Type.Literal('responder'), Type.Literal('editor'), Type.Literal('admin')], {
              description: ROLE,
            }),
            token: Type.String({ minLength: 16, expects: 'a text of at least 16 characters', description: '16 characters or more' }),
          },
          { additionalProperties: false },
        ),
        {
          description: 'Who may look; needed on any address but loopback',
          leftOut: 'nobody is asked',
          examples: [[{ name: 'wall', role: 'viewer', token: '${WALL_TOKEN}' }]],
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'The one HTTP port' },
);

/** Loopback addresses need no token. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
