/** Saves what each series' detector has learned to topic `state`: a few series at a time, in turn, so that no moment is a heavy one. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { stateRecord } from '../platform/topics/state.ts';
import type { Topic } from '../platform/topics/topic.ts';
import type { Deciding } from './deciding.ts';

/** Of one append. */
const RECORDS_MAX = 100;

export class StateSaver {
  readonly #log: EventLog;
  readonly #topic: Topic;
  readonly #telemetry: Telemetry;
  readonly #shareOfAll: number;
  /** Series that are due, with a fraction. */
  #due = 0;
  #next = 0;
  #saving = false;

  /** @param shareOfAll  the share of all series that one call of `saveSome` makes due, 0..1 */
  constructor(log: EventLog, topic: Topic, telemetry: Telemetry, shareOfAll: number) {
    this.#log = log;
    this.#topic = topic;
    this.#telemetry = telemetry;
    this.#shareOfAll = shareOfAll;
  }

  /** Saves the next ones that are due, unless an earlier append is still under way: they are then due the next time. */
  saveSome(deciders: readonly Deciding[]): void {
    const all = deciders.reduce((sum, { size }) => sum + size, 0);
    this.#due = Math.min(all, this.#due + all * this.#shareOfAll);
    if (this.#saving || this.#due < 1) return;
    const count = Math.floor(this.#due);
    this.#due -= count;
    this.#saving = true;
    void this.#save(deciders, count, all).finally(() => {
      this.#saving = false;
    });
  }

  async saveAll(deciders: readonly Deciding[]): Promise<void> {
    const all = deciders.reduce((sum, { size }) => sum + size, 0);
    await this.#save(deciders, all, all);
  }

  async #save(deciders: readonly Deciding[], count: number, all: number): Promise<void> {
    for (let left = count; left > 0; left -= RECORDS_MAX) {
      const records = [];
      for (let i = Math.min(left, RECORDS_MAX); i > 0; i--) {
        const saved = savedAt(deciders, this.#next % all);
        if (saved) records.push(stateRecord(saved));
        this.#next = (this.#next + 1) % all;
      }
      try {
        if (records.length > 0) await this.#log.append(this.#topic, records);
      } catch (error) {
        this.#telemetry.appendFailed({ topic: this.#topic.name, error });
        return;
      }
    }
  }
}

function savedAt(deciders: readonly Deciding[], place: number): ReturnType<Deciding['save']> {
  let rest = place;
  for (const deciding of deciders) {
    if (rest < deciding.size) return deciding.save(rest);
    rest -= deciding.size;
  }
  return null;
}
