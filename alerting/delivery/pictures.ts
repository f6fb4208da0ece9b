/** Incident → picture: begun when a message is intended, drawn beside everything else, and nothing waits for it for long. */
import type { FallScene } from '../../platform/charts/fall.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import { segmentSeries } from '../../platform/topics/counts.ts';
import type { FellFacts } from '../../platform/topics/incidents.ts';
import { type Clock, sleep } from '../../platform/units/clock.ts';
import { type KnownIncident, leadOf } from '../incident/incident.ts';
import type { LastSeconds } from '../incident/last-seconds.ts';
import { capitalised, fallSentence, rateChange, whatFell } from '../incident/words.ts';
import type { Picture } from '../notify/notifier.ts';

/** Draws elsewhere than in the thread that pages. */
export interface Drawer {
  /** Makes ready, so that the first picture is not the slow one. */
  warm(): void;
  /** @returns a PNG */
  draw(scene: FallScene): Promise<Uint8Array>;
}

export interface PicturesOptions {
  readonly drawer: Drawer;
  readonly seconds: Pick<LastSeconds, 'of' | 'newest'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The journal may be read a moment before the signal that it speaks of: a picture without the fall would mislead. */
const SIGNAL_MS_MAX = 100;
const LOOK_MS = 10;
/** Everybody who is told in the same second gets the same picture. */
const REMEMBERED_MAX = 16;

export class Pictures {
  readonly #options: PicturesOptions;
  readonly #begun = new Map<string, Promise<Picture | null>>();

  constructor(options: PicturesOptions) {
    this.#options = options;
  }

  /** What the incident's first metric did in the last ten minutes. Never rejects; null where there is nothing to show. */
  of(incident: KnownIncident, timezone: string): Promise<Picture | null> {
    const { fell } = leadOf(incident);
    const key = `${incident.id} ${this.#options.seconds.newest(seriesOf(fell))}`;
    const begun = this.#begun.get(key);
    if (begun) return begun;
    const drawing = this.#draw(fell, timezone).catch((error: unknown) => this.#failed(incident.id, error));
    this.#begun.set(key, drawing);
    for (const oldest of [...this.#begun.keys()].slice(0, -REMEMBERED_MAX)) this.#begun.delete(oldest);
    return drawing;
  }

  async #draw(fell: FellFacts, timezone: string): Promise<Picture | null> {
    const { seconds, clock, drawer, telemetry } = this.#options;
    const series = seriesOf(fell);
    for (let waitedMs = 0; seconds.newest(series) < fell.at && waitedMs < SIGNAL_MS_MAX; waitedMs += LOOK_MS) {
      await sleep(clock, LOOK_MS);
    }
    const known = seconds.newest(series) < fell.at ? null : seconds.of(series);
    if (!known) {
      telemetry.pictureLeftOut({ reason: 'no data' });
      return null;
    }
    const startedAt = clock.monotonic();
    const png = await drawer.draw({ ...sceneOf(fell, timezone), ...known });
    telemetry.pictureTime({ value: (clock.monotonic() - startedAt) / 1000 });
    return { png, alt: altOf(fell, timezone) };
  }

  #failed(incident: string, error: unknown): null {
    const { telemetry, drawer } = this.#options;
    telemetry.pictureLeftOut({ reason: 'failed', incident, error });
    drawer.warm();
    return null;
  }
}

/** What is drawn: the segment, where only one of the metric's fell. */
function seriesOf({ series, segment }: FellFacts): string {
  return segment === undefined ? series : segmentSeries(series, segment);
}

function sceneOf(fell: FellFacts, timeZone: string): Omit<FallScene, 'start' | 'counts'> {
  const { from, at, rateBefore, rateAfter, drop, derivative, steepness, threshold } = fell;
  return {
    ...{ name: whatFell(fell), from, at, usual: rateBefore, rateAfter, drop, derivative, steepness, threshold, timeZone },
    derivativeThreshold: pagesAt(fell),
    hour: null,
    day: null,
    isLive: true,
    isBare: true,
  };
}

/** Percent of usual per second; null where the YAML says it in a unit that the strip does not have. */
function pagesAt({ steepLimit }: FellFacts): number | null {
  if (steepLimit?.unit === 's') return (-100 * steepLimit.drop) / steepLimit.value;
  return steepLimit?.unit === '%/s' ? steepLimit.value : null;
}

function altOf(fell: FellFacts, timezone: string): string {
  return `${capitalised(fallSentence(fell, timezone))}, ${rateChange(fell)}: the last ten minutes, and the fall second by second.`;
}
