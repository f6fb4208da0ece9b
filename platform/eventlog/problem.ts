/** What can go wrong with an event log, in words: errors that callers get, problems that it survived by itself. */

export type EventLogErrorCode =
  /** No space, or a quota or a limit of file size is reached. Whoever sends keeps what it has and tries again. */
  | 'full'
  /** The disk is mounted read-only, or the folder may not be written. */
  | 'read-only'
  /** The disk answered with an error. */
  | 'disk'
  /** More waits to be written than `waitingBytesMax`. */
  | 'overloaded'
  | 'too-large'
  /** Another process has the folder. */
  | 'held'
  | 'topic'
  /** No broker answers, or not in time. */
  | 'unreachable'
  /** The brokers do not want us: password, certificate, rights. */
  | 'refused'
  | 'closed'
  | 'stopped';

/** An error of the event log itself; the message says what a person can do. */
export class EventLogError extends Error {
  readonly code: EventLogErrorCode;

  constructor(code: EventLogErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EventLogError';
    this.code = code;
  }
}

type ProblemKind =
  /** Appends fail for the reason in the message, until `recovered`. */
  | 'full'
  | 'read-only'
  | 'disk'
  | 'recovered'
  /** The end of the newest file was not whole and was cut off: an append that a crash interrupted, never an acknowledged one. */
  | 'torn-tail'
  /** Stored records cannot be read any more; reading goes on after them. */
  | 'damaged'
  | 'behind-retention'
  | 'beyond-end'
  | 'handler'
  | 'partitions'
  | 'lock'
  /** Brokers do not answer, or have no leader for a partition, until `recovered`. */
  | 'unreachable'
  /** Records that somebody else wrote cannot be unpacked; a record that says why stands for them. */
  | 'unreadable'
  /** A reader got nothing although there was more; its connections were made anew. */
  | 'stalled'
  /** A topic works, but worse than it could. */
  | 'topic';

/** A fault that the event log survived by itself; `kind` is a bounded set, fit for a metric's label. */
export interface LogProblem {
  readonly kind: ProblemKind;
  readonly message: string;
}

export type OnProblem = (problem: LogProblem) => void;

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);

/** The operating system's error while `doing` (`write /data/events/0`), as one that says what to do. */
export function diskError(cause: unknown, doing: string): EventLogError {
  if (cause instanceof EventLogError) return cause;
  const system = String((cause as NodeJS.ErrnoException)?.code ?? '');
  if (FULL.has(system)) {
    const advice = 'Make room on that disk, or give the event log another one; it goes on by itself.';
    return new EventLogError('full', `The disk is full (${system}): could not ${doing}. ${advice}`, cause);
  }
  if (READ_ONLY.has(system)) {
    const advice = 'Mount that disk for writing, or give this user the right to write there.';
    return new EventLogError('read-only', `The folder cannot be written (${system}): could not ${doing}. ${advice}`, cause);
  }
  const what = cause instanceof Error ? cause.message : String(cause);
  const advice = 'Look at the disk (dmesg, smartctl); the event log tries a new file at the next append.';
  return new EventLogError('disk', `The disk answered with an error (${what}): could not ${doing}. ${advice}`, cause);
}
