/** YAML fragment `security`: which addresses of one's own network Plummet may call where the YAML gives it a URL to call. */
import { isIP } from 'node:net';
import Type from 'typebox';

export const securityFragment = Type.Object(
  {
    allow_private: Type.Optional(
      Type.Array(
        Type.String({
          expects: 'a range of addresses like 10.0.0.0/8',
          editor: { pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$' },
          examples: ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8'],
        }),
        {
          description:
            'Ranges of loopback and private addresses that webhooks may be sent to: `["127.0.0.0/8"]`. To all others of them nothing is ' +
            'sent, so that a URL in a YAML opens no door into the network',
          leftOut: 'none',
          examples: [['127.0.0.0/8']],
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'What Plummet may do in its own network' },
);

/** An address and how many of its first bits count. */
export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** `10.0.0.0/8`, `::1`: a range, or null where the text is none. An address alone is a range of one. */
export function parseRange(text: string): AddressRange | null {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const bitsMax = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  return bits > bitsMax ? null : { address, prefix: bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}
