/** Signs acknowledge links and reads them back: HMAC-SHA256 under a secret that all processes of an installation know. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Claim, claimFor, claimOf, claimText, splitToken } from '../incident/acknowledge.ts';

/** 192 of SHA-256's 256 bits: no guessing, and the link still fits on one line of a mail. */
const SIGNATURE_BYTES = 24;
const SECRET_BYTES_MIN = 32;

/** Null where the token was not made by us, in whole or in part. */
export type ReadLink = { readonly claim: Claim; readonly expired: boolean } | null;

export interface Links {
  /** @param openedAt  of the incident, milliseconds since the epoch */
  acknowledge(incident: string, person: string, openedAt: number): string;
  incident(incident: string): string;
  /** @param now  milliseconds since the epoch */
  read(token: string, now: number): ReadLink;
}

/** The secrets of an installation, as they are known at this moment: at least 32 random bytes each, the same after a restart. */
export interface LinkSecrets {
  /** Signs. */
  first(): Uint8Array;
  /** Any of them opens a link; the first is among them. */
  all(): readonly Uint8Array[];
}

/** @throws RangeError where it could be guessed */
export function oneSecret(secret: Uint8Array): LinkSecrets {
  if (secret.length < SECRET_BYTES_MIN) throw new RangeError(`a secret for links has at least ${SECRET_BYTES_MIN} bytes`);
  return { first: () => secret, all: () => [secret] };
}

export function linksTo(publicUrl: string, secrets: LinkSecrets): Links {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    acknowledge(incident, person, openedAt) {
      const text = claimText(claimFor(incident, person, openedAt));
      return `${base}/a/${Buffer.from(text).toString('base64url')}.${signatureOf(text, secrets.first()).toString('base64url')}`;
    },
    incident: (incident) => `${base}/incidents/${encodeURIComponent(incident)}`,
    read(token, now) {
      const parts = splitToken(token);
      if (!parts) return null;
      const text = Buffer.from(parts.text, 'base64url').toString();
      const signature = Buffer.from(parts.signature, 'base64url');
      // One spelling a token: the decoder forgives what no link of ours contains.
      if (Buffer.from(text).toString('base64url') !== parts.text || signature.toString('base64url') !== parts.signature) return null;
      if (signature.length !== SIGNATURE_BYTES) return null;
      if (!secrets.all().some((secret) => timingSafeEqual(signature, signatureOf(text, secret)))) return null;
      const claim = claimOf(text);
      return claim && { claim, expired: now >= claim.expires * 1000 };
    },
  };
}

function signatureOf(text: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`acknowledge ${text}`).digest().subarray(0, SIGNATURE_BYTES);
}
