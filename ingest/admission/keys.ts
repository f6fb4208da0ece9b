/** Who may write. Without keys, anyone who can reach the port may. */

export interface WriteKey {
  /** Shown in answers, log lines and pace; never the key itself. */
  readonly name: string;
  readonly key: string;
  /** Event types that it may write; left out: all. */
  readonly types?: readonly string[];
}

export interface Writer {
  readonly name: string;
  mayWrite(type: string): boolean;
}

/** How keys are hashed and compared: SHA-256 and a comparison whose time tells nothing, given by the step. */
export interface Secrets {
  digest(text: string): Uint8Array;
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

const anyone: Writer = { name: '', mayWrite: () => true };

/** @returns who a key belongs to; null: nobody may write with it. Only hashes stay in memory. */
export function keyring(keys: readonly WriteKey[], secrets: Secrets): (given: string | undefined) => Writer | null {
  if (keys.length === 0) return () => anyone;
  const writers = keys.map(({ name, key, types }) => ({ digest: secrets.digest(key), writer: writerOf(name, types) }));
  return (given) => {
    if (given === undefined) return null;
    const digest = secrets.digest(given);
    let found: Writer | null = null;
    // All are compared, so that the time taken does not tell which one came close.
    for (const entry of writers) if (secrets.equal(entry.digest, digest)) found = entry.writer;
    return found;
  };
}

function writerOf(name: string, types: readonly string[] | undefined): Writer {
  if (types === undefined) return { name, mayWrite: () => true };
  const allowed = new Set(types);
  return { name, mayWrite: (type) => allowed.has(type) };
}

/** The key of an `Authorization: Bearer …` header. */
export function bearerKey(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(header)?.[1];
}
