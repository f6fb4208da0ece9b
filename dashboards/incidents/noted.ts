/** What was noted for the morning, as the journal tells it and, while it lasts, as the newest signals do. */
import { type Noted as Finding, Findings } from '../../alerting/findings/findings.ts';
import { shareOf, slideHeadline } from '../../alerting/findings/words.ts';
import type { NotedLine } from '../../platform/topics/incidents.ts';
import type { Signal, SlideFacts } from '../../platform/topics/signals.ts';
import { showShare } from '../../platform/units/share.ts';
import type { IncidentsFrame, NotedView } from '../live-frames.ts';

/** On the wall: more is no calm line any more. */
const SHOWN_MAX = 3;

export class Noted {
  readonly #findings = new Findings();
  /** As far as a shift goes by now, by series. */
  readonly #newest = new Map<string, SlideFacts>();

  take(line: NotedLine): void {
    this.#findings.take(line);
  }

  /** @returns whether a person reads another figure by it */
  hear({ series, slide }: Signal): boolean {
    if (!slide || slide.over !== undefined) return false;
    const before = this.#newest.get(series);
    this.#newest.set(series, slide);
    return this.#findings.lastingOf(series) !== undefined && (!before || showShare(shareOf(before)) !== showShare(shareOf(slide)));
  }

  /** What lasts, the worst first, and how many more there are. */
  shown(timezone: string): Pick<IncidentsFrame, 'noted' | 'notedMore'> {
    const lasting = this.#findings.lasting();
    if (lasting.length === 0) return {};
    const noted = lasting.slice(0, SHOWN_MAX).map((one) => this.#viewOf(one, timezone));
    return { noted, notedMore: lasting.length - noted.length };
  }

  /** Those that lasted at some moment in [from, to) (ms since the epoch), the newest first. */
  between(from: number, to: number, timezone: string): NotedView[] {
    return this.#findings.between(from, to).map((one) => this.#viewOf(one, timezone));
  }

  #viewOf({ id, severity, metric, series, slide, notedAt, over }: Finding, timezone: string): NotedView {
    const newest = this.#newest.get(series);
    // A signal of another shift of the series says nothing of this one.
    const now =
      over === null && newest?.is === slide.is && newest.until > slide.until ? { ...newest, from: slide.from, at: slide.at } : slide;
    const { is, from, at, until, rate, expected, sigmas, beside } = now;
    const headline = slideHeadline(metric, now, timezone);
    return {
      ...{ id, severity, metric, is, headline, from, at, until, rate, expected, share: shareOf(now), sigmas, beside },
      notedAt,
      over: over?.because ?? null,
    };
  }
}
