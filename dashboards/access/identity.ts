/** Who asks: a token as a bearer, or a session cookie that was made from one. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Role } from './permissions.ts';

export interface Token {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

export interface Identity {
  /** Null where nobody is asked. */
  readonly name: string | null;
  readonly role: Role;
}

/** A TV on the wall is not asked again for a month. */
const SESSION_SECONDS = 30 * 86_400;

const COOKIE = 'plummet_session';

export class Identities {
  readonly #given: readonly Token[] | (() => readonly Token[]);

  /** @param given  asked at each request where they can change */
  constructor(given: readonly Token[] | (() => readonly Token[])) {
    this.#given = given;
  }

  get #tokens(): readonly Token[] {
    return typeof this.#given === 'function' ? this.#given() : this.#given;
  }

  /** Without tokens everybody who can connect may do everything: only a loopback address is bound then. */
  get asked(): boolean {
    return this.#tokens.length > 0;
  }

  byToken(token: string): Token | null {
    let found: Token | null = null;
    for (const known of this.#tokens) if (equal(known.token, token)) found = known;
    return found;
  }

  /** @param now  epoch seconds */
  of(headers: IncomingHttpHeaders, now: number): Identity | null {
    if (!this.asked) return { name: null, role: 'admin' };
    const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.byToken(bearer);
    const session = (headers.cookie ?? '').split(/;\s*/).find((cookie) => cookie.startsWith(`${COOKIE}=`));
    return session ? this.#bySession(session.slice(COOKIE.length + 1), now) : null;
  }

  /** A `Set-Cookie` value. Nothing is kept here: a restart asks nobody again, another token ends its sessions. */
  session(token: Token, now: number, secure: boolean): string {
    const expires = now + SESSION_SECONDS;
    const name = Buffer.from(token.name).toString('base64url');
    const value = `${name}.${expires}.${seal(token, expires)}`;
    return `${COOKIE}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  #bySession(value: string, now: number): Identity | null {
    const [name = '', expires = '', signature = ''] = value.split('.');
    if (!/^\d+$/.test(expires) || Number(expires) <= now) return null;
    const plain = Buffer.from(name, 'base64url').toString();
    return this.#tokens.find((token) => token.name === plain && equal(seal(token, Number(expires)), signature)) ?? null;
  }
}

function seal({ name, token }: Token, expires: number): string {
  return createHmac('sha256', token)
    .update(JSON.stringify(['session', name, expires]))
    .digest('base64url');
}

/** Takes as long whether the first or the last character differs. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'equal').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
