/** What a series lacks that is new, or was away for longer than its windows reach: its past. Its newest seconds are kept meanwhile. */
import type { Finding, State } from '../steep-drop/finding.ts';
import type { SteepDrop } from '../steep-drop/steep-drop.ts';
import { Recent } from './recent.ts';
import type { Training } from './training.ts';

export class Lack {
  readonly #recent = new Recent();
  /** The last second it knew before it was away; null: it is new. */
  readonly #awaySince: number | null;
  #state: State = 'warming';
  #warmSeconds = 0;

  constructor(awaySince: number | null) {
    this.#awaySince = awaySince;
  }

  /** It knew its past once: one answer is enough. */
  get isAway(): boolean {
    return this.#awaySince !== null;
  }

  /** The first of the seconds that are kept, which nobody needs to read again. */
  get before(): number {
    return this.#recent.seconds[0] ?? 0;
  }

  /** A second as it was decided on. @returns false where the detector knows enough by now */
  note({ second, n, share }: { second: number; n: number; share: number }, { state, warmSeconds }: Finding): boolean {
    this.#recent.add(second, n, share);
    this.#state = state;
    this.#warmSeconds = warmSeconds;
    return state === 'warming' || this.#awaySince !== null;
  }

  /** @returns a detector that knows more, as of now; null where there is none, or one that is down or about to be must be left alone */
  filledBy(training: Training): { readonly detector: SteepDrop; readonly isWarm: boolean } | null {
    if (this.#awaySince !== null && (training.last <= this.#awaySince || this.#state === 'falling')) return null;
    if (this.#state === 'dropped' || this.#state === 'recovering') return null;
    training.begin(this.before);
    training.catchUp(this.#recent);
    const { finding, detector } = training;
    if (!finding) return null;
    const isWarm = finding.state !== 'warming';
    return isWarm || (this.#state === 'warming' && finding.warmSeconds > this.#warmSeconds) ? { detector, isWarm } : null;
  }
}
