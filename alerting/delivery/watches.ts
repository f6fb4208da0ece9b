/** Since when this process knows what, on its own monotonic clock; and when it wants to look at an incident again. */
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { Clock, Timer } from '../../platform/units/clock.ts';
import type { Delivery } from '../incident/deliveries.ts';
import type { OpenIncident } from '../incident/incident.ts';

interface Watch {
  /** Monotonic ms at which each line that something waits for was heard, by what it is about. */
  readonly heardAt: Map<string, number>;
  timer: Timer | null;
}

export class Watches {
  readonly #clock: Clock;
  readonly #look: (incident: string) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(clock: Clock, look: (incident: string) => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** @param ageMs  how long ago it was written, where that was before this process began to listen */
  heard(line: JournalLine, ageMs: number): void {
    const key = keyOf(line);
    if (key === null) return;
    const { heardAt } = this.#of(line.incident);
    // A line that is read back after it was written here does not begin to wait anew.
    if (!heardAt.has(key)) heardAt.set(key, this.#clock.monotonic() - ageMs);
  }

  /** How long this process has known that the incident wakes somebody, ms. */
  openForMs({ id, wakesSince }: OpenIncident): number {
    return this.#since(id, `wakes ${wakesSince}`);
  }

  /** How long this process has known the delivery to be as it is, ms. */
  deliveryForMs(id: string, delivery: Delivery): number {
    return this.#since(id, deliveryKey(delivery.is, delivery));
  }

  /** How long this process has known that somebody is to be told something, ms: 0 when it is asked for the first time. */
  wantedForMs(id: string, { message, step, person }: Pick<Delivery, 'message' | 'step' | 'person'>): number {
    const { heardAt } = this.#of(id);
    const key = `wanted ${message} ${step} ${person}`;
    if (!heardAt.has(key)) heardAt.set(key, this.#clock.monotonic());
    return this.#since(id, key);
  }

  /** Looks at the incident `delayMs` from now, instead of whenever it would have been. */
  wake(id: string, delayMs: number): void {
    const watch = this.#of(id);
    watch.timer?.cancel();
    // Whole milliseconds: what rounding leaves of a wait would be waited for again and again.
    watch.timer = this.#clock.after(Math.ceil(delayMs), () => {
      watch.timer = null;
      this.#look(id);
    });
  }

  ids(): string[] {
    return [...this.#watches.keys()];
  }

  forget(id: string): void {
    this.#watches.get(id)?.timer?.cancel();
    this.#watches.delete(id);
  }

  stop(): void {
    for (const id of this.ids()) this.forget(id);
  }

  #of(id: string): Watch {
    let watch = this.#watches.get(id);
    if (!watch) {
      watch = { heardAt: new Map(), timer: null };
      this.#watches.set(id, watch);
    }
    return watch;
  }

  #since(id: string, key: string): number {
    const heardAt = this.#watches.get(id)?.heardAt.get(key);
    return heardAt === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonic() - heardAt;
  }
}

function keyOf(line: JournalLine): string | null {
  switch (line.kind) {
    case 'opened':
    case 'joined':
      return `wakes ${line.at}`;
    case 'intended':
    case 'sent':
    case 'failed':
      return deliveryKey(line.kind, line);
    default:
      return null;
  }
}

type Key = Pick<Delivery, 'message' | 'step' | 'person' | 'way' | 'try'>;

const deliveryKey = (is: Delivery['is'], { message, step, person, way, try: tries }: Key): string =>
  `${is} ${message} ${step} ${person} ${way} ${tries}`;
