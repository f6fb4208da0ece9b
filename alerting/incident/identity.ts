/** Names that everybody who reads the same signals gives alike: of an incident, and of each message about it. */

/** Crockford's base 32: no letter that is read as a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const INCIDENT_CHARS = 10;
const PERSON_CHARS = 6;

/** @param second  epoch second at which the rule found the first fall */
export function incidentId(series: string, second: number): string {
  return `inc-${shortHash(`${series}@${second}`, INCIDENT_CHARS)}`;
}

/** @param second  epoch second at which a slow slide or an upward surprise was sure */
export function notedId(series: string, second: number): string {
  return `note-${shortHash(`${series}@${second}`, INCIDENT_CHARS)}`;
}

/**
 * Known to receivers as the same message however often it is tried: Message-ID, dedup_key, webhook-id.
 * A person's name may hold anything, so its hash stands for it.
 */
export function messageKey(incident: string, { message, step, person }: { message: string; step: number; person: string }): string {
  return `${incident}.${message}-${step}.${shortHash(person, PERSON_CHARS)}`;
}

/** FNV-1a, 64 bits, of the text's UTF-16 units; five bits a character. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function shortHash(text: string, chars: number): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit & 0xff)) * 0x100000001b3n);
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit >> 8)) * 0x100000001b3n);
  }
  // The low bits of FNV mix worst, so the high half is folded onto them.
  hash ^= hash >> 32n;
  let short = '';
  for (let i = 0; i < chars; i++) {
    short += ALPHABET[Number(hash & 31n)];
    hash >>= 5n;
  }
  return short;
}
