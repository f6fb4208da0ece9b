/** One metric as the wall shows it at this moment: its picture, its number, its state. */

import { steadyTop } from '../../../../platform/charts/axis.ts';
import type { MetricInfo } from '../../../live-frames.ts';
import type { Scene } from '../picture/chart.ts';
import { fallsOf } from '../picture/falls.ts';
import { type Figure, figureOf, heightNeeded, rateOf } from '../picture/figure.ts';
import { type Look, lookOf } from '../words/states.ts';
import { countDelay, hello, incidents, link, time, tracks } from './board.ts';
import { timezone } from './clock.ts';
import type { Track } from './track.ts';

/** What the wall shows of the past. */
export const WINDOW_SECONDS = 300;
/** The open second is drawn from this share of it on; before that its count says nothing. */
const OPEN_SHARE_MIN = 0.45;
/** A second is decided so long after its end at the earliest: the right edge stands where the newest can be. */
const CLOSING_MS = 650;

export interface SeenMetric extends MetricInfo {
  readonly track: Track;
  readonly look: Look;
  readonly figure: Figure;
  readonly scene: Scene;
  /** Events/s; null where blind or not known yet. */
  readonly rate: number | null;
}

/** All metrics, the critical write metrics first. */
export function seenMetrics(): SeenMetric[] {
  const all = [...tracks.values()].map(seenMetric);
  return [...all.filter(wakes), ...all.filter((metric) => !wakes(metric))];
}

export function wakes({ critical, kind }: MetricInfo): boolean {
  return critical && kind === 'write';
}

export function seenMetric(track: Track): SeenMetric {
  const { info, latest } = track;
  const shown = incidents.value.incidents;
  const falls = fallsOf(info.name, track, shown);
  const figure = figureOf(track, { falls, dispersion: track.dispersion });
  track.top = steadyTop(track.top, heightNeeded(figure));
  const blindSince = track.blindSince;
  const known = rateOf(figure);
  const { lastKnown } = track;
  const look = lookOf({
    info,
    latest,
    rate: known,
    last: lastKnown && known !== null ? { second: lastKnown.second, rate: known } : null,
    blindSince,
    incidents: shown,
    now: time.now(),
    timezone: timezone.value,
    withRule: hello.value?.demo !== null,
  });
  const rate = look.face === 'blind' ? null : known;
  return { ...info, track, look, figure, rate, scene: sceneOf(track, figure, look) };
}

function sceneOf(track: Track, figure: Figure, { face }: Look): Scene {
  const to = Math.floor((time.now() - CLOSING_MS) / 1000);
  const live = link.value === 'live';
  return {
    figure,
    from: to - WINDOW_SECONDS,
    to,
    top: track.top ?? 1,
    blindNow: live && face === 'blind',
    dot: link.value !== 'lost' && figure.newest >= 0,
    open: live && face !== 'blind' ? openPoint(track, to) : null,
  };
}

/** The newest second that is not closed: whole if it has ended, else carried on from the part that has passed. */
export function openPoint(track: Track, to: number): Scene['open'] {
  const second = Math.max(...track.open.keys());
  const told = track.open.get(second);
  if (!told) return null;
  const share = Math.min(1, (told.at - countDelay.ms) / 1000 - second);
  if (share >= OPEN_SHARE_MIN) return { x: Math.min(second + 1, to), y: told.n / share };
  const before = track.open.get(second - 1);
  return before === undefined ? null : { x: Math.min(second, to), y: before.n };
}
