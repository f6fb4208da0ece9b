/** Everything the page knows, and when it changed last: filled by the stream, read by all that is drawn. */
import { signal } from '@preact/signals';
import type { HelloFrame, IncidentsFrame, OpenFrame, SecondFrame } from '../../../live-frames.ts';
import { CountDelay } from './count-delay.ts';
import { ServerTime } from './server-time.ts';
import { Stream } from './stream.ts';
import { Track } from './track.ts';

/** Without a word for so long the connection is shown as lost. */
const LOST_MS = 3000;
/** A slow machine may take so long to hear the first. */
const FIRST_MS = 8000;
/** A timer of 100 ms that comes so late says that the page was asleep: a hidden tab, a busy machine. */
const ASLEEP_MS = 1000;
/** What was said while the page slept is read within this time; until then it is shown as before. */
const READING_MS = 2000;
/** Connected, but nothing was decided for so long; a second without any app closes after 3.8 s. */
const STALLED_SECONDS = 7;

/** `lost`: nothing is heard. `stalled`: Plummet answers, and decides nothing. */
export type Link = 'connecting' | 'live' | 'lost' | 'stalled';

export const time = new ServerTime();
export const hello = signal<HelloFrame | null>(null);
export const incidents = signal<IncidentsFrame>({ incidents: [], lastWokenAt: null });
export const link = signal<Link>('connecting');
/** Epoch second that was decided last, and by how many ms that came after its end. */
export const newest = signal<{ readonly second: number; readonly behindMs: number } | null>(null);
/** Goes up whenever a second was decided, and once a second in any case. */
export const beat = signal(0);
/** Goes up when counts of open seconds came. */
export const openBeat = signal(0);
/** How long an event takes to be counted here. */
export const countDelay = new CountDelay();
export const tracks = new Map<string, Track>();
/** Epoch ms at which something was last heard. */
export const heardAt = signal(0);

let lastHeard = 0;
let lastBeat = 0;
let lastAwake = performance.now();
let wokenAt = Number.NEGATIVE_INFINITY;
let beatAsked = false;

function meetMetrics(frame: HelloFrame): void {
  const before = new Map(tracks);
  tracks.clear();
  for (const info of frame.metrics) tracks.set(info.name, new Track(info, before.get(info.name)));
  hello.value = frame;
}

function take(frame: SecondFrame): void {
  time.heard(frame.at);
  for (const tuple of frame.metrics) {
    const track = tracks.get(tuple[0]);
    if (track) countDelay.learn(frame.second, track.open.get(frame.second), tuple[1]);
    track?.decided(frame.second, tuple);
  }
  if (frame.second >= (newest.value?.second ?? 0)) {
    newest.value = { second: frame.second, behindMs: Math.max(0, frame.at - (frame.second + 1) * 1000) };
  }
  askForBeat();
}

function takeOpen(frame: OpenFrame): void {
  time.heard(frame.at);
  for (const [name, second, n] of frame.counts) tracks.get(name)?.counted(second, n, frame.at);
  if (frame.counts.length > 0) openBeat.value++;
}

/** However many seconds arrive at once, all are drawn in one go. */
function askForBeat(): void {
  if (beatAsked) return;
  beatAsked = true;
  // A page in the background draws nothing, and must not pile up what it would have drawn.
  const run = (): void => {
    if (!beatAsked) return;
    beatAsked = false;
    lastBeat = performance.now();
    link.value = linkNow();
    beat.value++;
  };
  if (document.hidden) run();
  else requestAnimationFrame(run);
}

/** While the page itself was asleep the server was not silent: what it said meanwhile is waiting to be read. */
function wake(): void {
  const now = performance.now();
  const slept = now - lastAwake;
  lastAwake = now;
  if (slept <= ASLEEP_MS || lastHeard === 0) return;
  lastHeard += slept;
  wokenAt = now;
}

function linkNow(): Link {
  wake();
  if (performance.now() - wokenAt < READING_MS) return link.value;
  if (lastHeard === 0) return performance.now() > FIRST_MS ? 'lost' : 'connecting';
  if (performance.now() - lastHeard > LOST_MS) return 'lost';
  const decided = newest.value?.second;
  if (decided !== undefined && time.now() / 1000 - decided - 1 > STALLED_SECONDS) return 'stalled';
  return 'live';
}

export function startBoard(): void {
  const stream = new Stream({
    hello: meetMetrics,
    incidents: (frame) => {
      incidents.value = frame;
    },
    second: take,
    open: takeOpen,
    heard: () => {
      lastHeard = performance.now();
      heardAt.value = Math.floor(time.now() / 1000) * 1000;
      if (link.value !== 'live' && link.value !== 'stalled') askForBeat();
    },
  });
  stream.start();
  // The axis slides on at constant speed, data or none.
  setInterval(() => {
    wake();
    if (performance.now() - lastBeat > 950) askForBeat();
  }, 100);
}
