/** The port that batches leave by. Over HTTP to a gateway, or by whatever else carries them. */

/** A batch that is under way. */
export interface Letter {
  readonly producer: string;
  /** Counts up by one a letter; with `producer` it names the batch, however often that is sent. */
  readonly seq: number;
  readonly events: number;
  /** The batch as it is sent, `sent` being this very moment: to be asked for anew at each try. */
  text(): string;
}

/** What became of one try. */
export type Outcome = { readonly is: 'accepted' } | Refused | Later;

/** It can never be accepted. */
export interface Refused {
  readonly is: 'refused';
  readonly why: string;
  /** Where it was for the sake of one event type: that is kept back for a minute, so that the others arrive. */
  readonly type?: string;
}

/** Not now, or nobody knows: the same letter is tried again. */
export interface Later {
  readonly is: 'later';
  readonly why: string;
  /** What a person should do about it, where waiting will not mend it. */
  readonly advice?: string;
  /** Not before so many milliseconds; at most 2 s are granted. */
  readonly afterMs?: number;
  /** The endpoint is well and would say the same elsewhere: no reason to leave it. */
  readonly stay?: true;
}

export interface Transport {
  /** For warnings; holds no secret. */
  readonly name: string;
  /**
   * Tries once. Resolves in every case, within a few seconds; nothing is awaited meanwhile but this.
   * @param signal  aborted when the outcome no longer matters
   */
  send(letter: Letter, signal: AbortSignal): Promise<Outcome>;
  /** Is it worth trying again? Asked of one that failed, beside the sending. Left out: it is, after a while. */
  probe?(): Promise<boolean>;
  close(): void;
}
