/** The link in the mail: who may say of which incident that they have it, until when; and what becomes of saying so. */
import type { Incident, InHand } from './incident.ts';

/** What a link entitles to. */
export interface Claim {
  readonly incident: string;
  readonly person: string;
  /** Epoch second from which the link is void. */
  readonly expires: number;
}

/** Links end with their incident, and in any case after this. */
const LINK_DAYS = 7;
const TOKEN_CHARS_MAX = 512;

/** @param openedAt  milliseconds since the epoch: every copy of a message carries the same link */
export function claimFor(incident: string, person: string, openedAt: number): Claim {
  return { incident, person, expires: Math.floor(openedAt / 1000) + LINK_DAYS * 86_400 };
}

/** The text that is signed. */
export function claimText({ incident, person, expires }: Claim): string {
  return JSON.stringify([incident, person, expires]);
}

/** @returns null where the text is no claim; says nothing about its signature */
export function claimOf(text: string): Claim | null {
  try {
    const [incident, person, expires] = JSON.parse(text) as unknown[];
    if (typeof incident !== 'string' || typeof person !== 'string' || !Number.isSafeInteger(expires)) return null;
    return { incident, person, expires: expires as number };
  } catch {
    return null;
  }
}

/** Text and signature of a token, still encoded. */
export function splitToken(token: string): { text: string; signature: string } | null {
  if (token.length > TOKEN_CHARS_MAX) return null;
  const match = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(token);
  return match ? { text: match[1] as string, signature: match[2] as string } : null;
}

/** What comes of somebody saying that they have it. */
export type Acknowledgement =
  | { readonly kind: 'possible' }
  | { readonly kind: 'already'; readonly inHand: InHand }
  | { readonly kind: 'over'; readonly resolvedAt: number; readonly inHand: InHand | null }
  | { readonly kind: 'unknown' };

/** One use: once an incident is in somebody's hand or over, no link of it does anything any more. */
export function acknowledgement(incident: Incident): Acknowledgement {
  switch (incident.is) {
    case 'open':
      return { kind: 'possible' };
    case 'acknowledged':
      return { kind: 'already', inHand: incident.inHand };
    case 'resolved':
      return { kind: 'over', resolvedAt: incident.resolvedAt, inHand: incident.inHand };
    case 'unknown':
      return { kind: 'unknown' };
  }
}
