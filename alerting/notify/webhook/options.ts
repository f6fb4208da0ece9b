/** What a webhook of the YAML may be: its address and the secret that signs. */

/** @returns what is wrong with the address, as a sentence that follows its path; null where it is right. Never the address itself. */
export function problemOfUrl(url: string): string | null {
  if (!URL.canParse(url)) return 'is no URL; write https://host/path.';
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return `begins with ${protocol}; write https://host/path.`;
  return hostname === '' ? 'names no host; write https://host/path.' : null;
}

const PREFIX = 'whsec_';

/** `whsec_` and base64 as in Standard Webhooks; any other text stands for its own bytes. */
export function signingKeyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}
