/** Journal → what was noted for the morning: slow slides and upward surprises, those that last and those that are over. */
import type { JournalLine, NotedLine } from '../../platform/topics/incidents.ts';
import type { SlideFacts } from '../../platform/topics/signals.ts';

export interface Noted {
  readonly id: string;
  /** 2 is told in the morning, 3 drawn and kept. */
  readonly severity: 2 | 3;
  readonly metric: string;
  readonly series: string;
  /** As it was noted; once it is over, as it was told last. */
  readonly slide: SlideFacts;
  /** Milliseconds since the epoch. */
  readonly notedAt: number;
  /** Null: it lasts, as far as the journal says. */
  readonly over: { readonly at: number; readonly because: Extract<NotedLine, { kind: 'noted-over' }>['because'] } | null;
}

/** Those that are over and remembered all the same; what lasts is never forgotten. */
const REMEMBERED_MAX = 1000;

export class Findings {
  readonly #noted = new Map<string, Noted>();

  /** A line that comes twice, or of something that was never noted, changes nothing. @returns whether it changed anything */
  take(line: JournalLine): boolean {
    const known = this.#noted.get(line.incident);
    if (line.kind === 'noted' && !known) {
      const { incident: id, severity, metric, series, slide, at } = line;
      this.#noted.set(id, { id, severity, metric, series, slide, notedAt: at, over: null });
      if (this.#noted.size > 2 * REMEMBERED_MAX) this.#forget();
      return true;
    }
    if (line.kind !== 'noted-over' || !known || known.over) return false;
    this.#noted.set(known.id, { ...known, slide: line.slide, over: { at: line.at, because: line.because } });
    return true;
  }

  /** In the order in which they were noted. */
  all(): Noted[] {
    return [...this.#noted.values()];
  }

  /** A series has one that lasts at most. */
  lastingOf(series: string): Noted | undefined {
    return this.all().find((noted) => noted.series === series && noted.over === null);
  }

  /** What lasts, the worse severity first, then the longest. */
  lasting(): Noted[] {
    const lasting = this.all().filter(({ over }) => over === null);
    return lasting.sort((a, b) => a.severity - b.severity || a.slide.from - b.slide.from);
  }

  /** Those that lasted at some moment in [from, to) (ms since the epoch), the newest first: a morning asks for the last day. */
  between(from: number, to: number): Noted[] {
    const within = this.all().filter(
      ({ slide, over }) => slide.from * 1000 < to && (over === null || Math.max(over.at, slide.until * 1000) >= from),
    );
    return within.reverse();
  }

  #forget(): void {
    const over = this.all().filter((noted) => noted.over !== null);
    for (const { id } of over.slice(0, Math.max(0, over.length - REMEMBERED_MAX))) this.#noted.delete(id);
  }
}
