/** YAML fragment `server`: where the one HTTP port listens and who may look. */
import Type from 'typebox';

export const serverFragment = Type.Object(
  {
    host: Type.Optional(Type.String({ description: 'Address to listen on', default: '127.0.0.1' })),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535, description: 'For gateway, dashboard, API and health', default: 8080 })),
    public_url: Type.Optional(Type.String({ pattern: '^https?://', description: 'Links in pages begin with it' })),
    tokens: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ description: 'Who or what uses it' }),
            role: Type.Union([Type.Literal('viewer'), Type.Literal('responder'), Type.Literal('editor'), Type.Literal('admin')], {
              description: 'What it may do',
            }),
            token: Type.String({ minLength: 16, description: 'At least 16 characters; ${ENV} or file: keeps it out of the YAML' }),
          },
          { additionalProperties: false },
        ),
        { description: 'Who may look; needed on any address but loopback' },
      ),
    ),
  },
  { additionalProperties: false, description: 'The one HTTP port' },
);

/** Loopback addresses need no token. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
