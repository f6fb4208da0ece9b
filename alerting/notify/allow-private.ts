/** YAML fragment `security`, and which addresses a page may be posted to: the internet's, and those of one's own that are named here. */
import { BlockList, isIP } from 'node:net';
import Type, { type Static } from 'typebox';

export const securityFragment = Type.Object(
  {
    allow_private: Type.Optional(
      Type.Array(Type.String({ editor: { pattern: '^[0-9A-Za-z.:%]+/\\d{1,3}$' } }), {
        description:
          'Networks of your own that webhooks may reach: `[10.0.0.0/8]`. Private, loopback, link-local and metadata addresses are ' +
          'refused otherwise, whatever name leads to them',
        leftOut: 'none',
        examples: [['10.0.0.0/8']],
      }),
    ),
  },
  { additionalProperties: false, description: 'What Plummet may reach on your own network' },
);

export type SecurityOptions = Static<typeof securityFragment>;

/** Not the public internet: IANA's special-purpose registries, which hold every cloud's metadata address as well. */
const SPECIAL = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '::ffff:0:0:0/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

/** @returns the networks, or null where a text is no CIDR */
function networksOf(cidrs: readonly string[]): BlockList | null {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
    const family = isIP(address);
    if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return null;
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

const special = networksOf(SPECIAL) as BlockList;

/** @returns what is wrong with it, as a sentence that follows it; null where it is a network */
export function problemOfNetwork(cidr: string): string | null {
  return networksOf([cidr]) ? null : `"${cidr}" is no network; write an address and its bits, like 10.0.0.0/8 or fd00::/8.`;
}

export type MayReach = (address: string) => boolean;

/** @param allowPrivate  CIDRs; one that is none allows nothing */
export function reachOf(allowPrivate: readonly string[] = []): MayReach {
  const allowed = networksOf(allowPrivate.filter((cidr) => problemOfNetwork(cidr) === null)) as BlockList;
  return (written) => {
    const address = embedded(written) ?? written;
    const family = isIP(address);
    if (family === 0) return false;
    const name = family === 4 ? 'ipv4' : 'ipv6';
    return allowed.check(address, name) || !special.check(address, name);
  };
}

/** Ranges of IPv6 whose last 32 bits are an address of IPv4, which is what is reached: mapped, and translated (RFC 6052). */
const EMBEDDING = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

function embedded(address: string): string | null {
  // A zone (fe80::1%eth0) is no part of it; without one the URL standard knows the one spelling of each.
  if (isIP(address) !== 6 || !URL.canParse(`http://[${address}]`)) return null;
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [head, tail] = [before, after ?? ''].map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]];
  const groups = after === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  if (!EMBEDDING.includes(groups.slice(0, 6).join(':'))) return null;
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((word) => [word >> 8, word & 0xff])
    .join('.');
}
