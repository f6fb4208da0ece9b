/**
 * Topic `config`: which YAML holds from which second on, which alerting processes are there, what signs the
 * links of pages; the newest record of each key.
 */
import { Buffer } from 'node:buffer';
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Shapes that a later program may not read alike carry another number. */
const VERSION = 1;

export type Replica = 'a' | 'b';

/** The word of an alerting process that it is there, said once a second. */
export interface Alive {
  readonly is: 'alive';
  readonly replica: Replica;
  /** The process. */
  readonly by: string;
  /** Offset of its first word, by which the earlier one of two is known; null in that first word itself. */
  readonly first: number | null;
}

export function aliveRecord({ replica, by, first }: Omit<Alive, 'is'>): LogRecord {
  return { key: `alive/alerting/${replica}`, value: JSON.stringify({ v: VERSION, is: 'alive', replica, by, first }), partition: 0 };
}

/** A YAML, as the file that it was written in, and the second (since the epoch) from which it holds everywhere. */
export interface SharedYaml {
  readonly is: 'yaml';
  readonly by: string;
  readonly from: number;
  /** References to secrets as they are written: each process resolves them where it runs. */
  readonly text: string;
  /** Texts of the calendars that it names, by their paths: other machines need not have the files. Left out: it names none. */
  readonly calendars?: Readonly<Record<string, string>>;
  /** Hashes of texts that were in force before, the newest last: a file that still says so is old. */
  readonly replaced: readonly string[];
}

const YAML_KEY = 'yaml';
const TEXT_CHARS_MAX = 4_000_000;

export function yamlRecord({ by, from, text, calendars, replaced }: Omit<SharedYaml, 'is'>): LogRecord {
  const yaml = { v: VERSION, is: 'yaml', by, from, text, ...(calendars && { calendars }), replaced };
  return { key: YAML_KEY, value: JSON.stringify(yaml), partition: 0 };
}

/** @returns what the record says, or why it cannot be used; null where it is of another kind */
export function decodeYaml({ key, value }: StoredRecord): SharedYaml | string | null {
  if (key !== YAML_KEY) return null;
  const read = parsed(value);
  if (read === null) return 'is not JSON';
  if (read.v !== VERSION) return `has version ${String(read.v)}; this program reads ${VERSION}: update it`;
  const { by, from, text, replaced, calendars } = read;
  const isWhole = typeof by === 'string' && Number.isSafeInteger(from) && typeof text === 'string' && text.length <= TEXT_CHARS_MAX;
  if (!isWhole || !Array.isArray(replaced) || !replaced.every((hash) => typeof hash === 'string')) return 'has not the shape of a YAML';
  if (calendars !== undefined && !areTexts(calendars)) return 'has not the shape of a YAML with its calendars';
  return { is: 'yaml', by, from: from as number, text, ...(calendars && { calendars }), replaced };
}

function areTexts(value: unknown): value is Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const texts = Object.values(value);
  return texts.every((text) => typeof text === 'string') && texts.join('').length <= TEXT_CHARS_MAX;
}

/** @returns what the record says; null where it is of another kind or version: whoever wrote it knows more than this program */
export function decodeAlive({ key, value }: StoredRecord): Alive | null {
  if (!key.startsWith('alive/')) return null;
  const read = parsed(value);
  if (read?.v !== VERSION || read.is !== 'alive') return null;
  const { replica, by, first } = read;
  if ((replica !== 'a' && replica !== 'b') || typeof by !== 'string') return null;
  if (first !== null && !Number.isSafeInteger(first)) return null;
  return { is: 'alive', replica, by, first: first as number | null };
}

const SECRET_KEY = 'link-secret/';
const SECRET_BYTES = 32;

/** A key of its own for each secret: compaction keeps all of them, in the order in which they came. @param id  made from the secret */
export function linkSecretRecord(id: string, secret: Uint8Array): LogRecord {
  const value = JSON.stringify({ v: VERSION, is: 'link-secret', secret: Buffer.from(secret).toString('base64url') });
  return { key: `${SECRET_KEY}${id}`, value, partition: 0 };
}

/** @returns the 32 bytes; null where the record is of another kind or version */
export function decodeLinkSecret({ key, value }: StoredRecord): Buffer | null {
  if (!key.startsWith(SECRET_KEY)) return null;
  const read = parsed(value);
  if (read?.v !== VERSION || read.is !== 'link-secret' || typeof read.secret !== 'string') return null;
  const secret = Buffer.from(read.secret, 'base64url');
  return secret.length === SECRET_BYTES ? secret : null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
