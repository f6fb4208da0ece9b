import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linksTo, oneSecret } from '../../../alerting/delivery/links.ts';

const secret = new Uint8Array(32).fill(1);
const another = new Uint8Array(32).fill(2);
const links = linksTo('https://plummet.example.com/', oneSecret(secret));
const OPENED = Date.UTC(2025, 10, 21, 14);
const tokenOf = (url: string): string => url.split('/').at(-1) as string;
const token = tokenOf(links.acknowledge('inc-1', 'ana', OPENED));

describe('an acknowledge link', () => {
  test('reads back as what it was made for, on one line, whatever the person is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (person) => {
        const url = links.acknowledge('inc-0123456789', person, OPENED);
        expect(url).toMatch(/^https:\/\/plummet\.example\.com\/a\/[\w.-]+$/);
        expect(links.read(tokenOf(url), OPENED)).toMatchObject({ claim: { incident: 'inc-0123456789', person }, expired: false });
      }),
    );
  });

  test('is the same at each try of a message', () => {
    expect(links.acknowledge('inc-1', 'ana', OPENED)).toBe(links.acknowledge('inc-1', 'ana', OPENED));
  });

  test('expires a week after its incident began', () => {
    expect(links.read(token, OPENED + 7 * 86_400_000 - 1)).toMatchObject({ expired: false });
    expect(links.read(token, OPENED + 7 * 86_400_000)).toMatchObject({ expired: true });
  });

  test('carries at least 128 bits of signature', () => {
    const [, signature] = token.split('.');
    expect(Buffer.from(signature as string, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });

  test('made with another secret, cut, lengthened or changed anywhere is not ours', () => {
    const other = linksTo('https://plummet.example.com', oneSecret(another));
    expect(links.read(tokenOf(other.acknowledge('inc-1', 'ana', OPENED)), OPENED)).toBeNull();
    for (let length = 0; length < token.length; length++) expect(links.read(token.slice(0, length), OPENED)).toBeNull();
    expect(links.read(`${token}A`, OPENED)).toBeNull();
    for (const text of ['', '.', 'a.b', 'x'.repeat(5000), '../..', `${token}.${token}`]) expect(links.read(text, OPENED)).toBeNull();
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'ABCxyz019-_'), (at, sign) => {
        const changed = token.slice(0, at) + sign + token.slice(at + 1);
        if (changed !== token) expect(links.read(changed, OPENED)).toBeNull();
      }),
    );
  });

  test('is signed by the first of several secrets, and opened by any', () => {
    const both = linksTo('https://plummet.example.com', { first: () => another, all: () => [another, secret] });
    expect(both.read(token, OPENED)).toMatchObject({ claim: { incident: 'inc-1', person: 'ana' } });
    const made = both.acknowledge('inc-1', 'ana', OPENED);
    expect(both.read(tokenOf(made), OPENED)).toMatchObject({ claim: { incident: 'inc-1' } });
    expect(links.read(tokenOf(made), OPENED)).toBeNull();
  });

  test('needs a secret that cannot be guessed', () => {
    expect(() => oneSecret(new Uint8Array(31))).toThrow('at least 32 bytes');
  });
});
