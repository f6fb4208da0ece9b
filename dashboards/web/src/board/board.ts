/** Everything the page knows, and when it changed last: filled by the stream, read by all that is drawn. */
import { signal } from '@preact/signals';
import type { HelloFrame, IncidentsFrame, LateFrame, OpenFrame, ResumedFrame, SecondFrame } from '../../../live-frames.ts';
import { CountDelay } from './count-delay.ts';
import { Mending } from './mend.ts';
import { meetVersion, renewWhenIdle } from './renewal.ts';
import { ServerTime } from './server-time.ts';
import { Sleep } from './sleep.ts';
import { Stream } from './stream.ts';
import { Track } from './track.ts';

/** Without a word for so long the connection is shown as lost. */
const LOST_MS = 3000;
/** A slow machine may take so long to hear the first. */
const FIRST_MS = 8000;
/** A server whose clock is so far behind what is shown knows nothing of it: it is of another Plummet, or of a clock that was wrong. */
const BEHIND_SECONDS_MAX = 10;
const MEND_MS = 2000;
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
/** Epoch ms, by the server's clock, of the newest word; whole seconds. What it told again of the past is none. */
export const heardAt = signal(0);

/** The same to the millisecond; null before the first. */
let newestWordAt: number | null = null;
/** No stream tells of a second before this one (epoch). */
let toldFrom: number | null = null;
let lastBeat = 0;
let lastMended = 0;
let beatAsked = false;
const sleep = new Sleep();
const mending = new Mending(tracks, askForBeat);

function meetMetrics(frame: HelloFrame): void {
  const before = new Map(tracks);
  tracks.clear();
  for (const info of frame.metrics) tracks.set(info.name, new Track(info, before.get(info.name)));
  hello.value = frame;
  meetVersion(frame.version);
}

/** What was shown is of this server's past, or is forgotten. */
function resume({ at, from }: ResumedFrame, askedAt: number): void {
  time.met(at, askedAt);
  if (newestWordAt !== null) newestWordAt = Math.min(newestWordAt, at);
  if (newest.value !== null && newest.value.second > at / 1000 + BEHIND_SECONDS_MAX) {
    newest.value = null;
    for (const [name, { info }] of tracks) tracks.set(name, new Track(info));
    stream.forget();
  }
  toldFrom = from;
  lastMended = Number.NEGATIVE_INFINITY;
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
  newestWordAt = Math.max(frame.at, newestWordAt ?? 0);
  heardAt.value = Math.floor(newestWordAt / 1000) * 1000;
  showLink();
  for (const [name, second, n] of frame.counts) tracks.get(name)?.counted(second, n, frame.at);
  if (frame.counts.length > 0) openBeat.value++;
}

function takeLate({ counts }: LateFrame): void {
  for (const [name, second, n] of counts) tracks.get(name)?.late(second, n);
  askForBeat();
}

/** However many seconds arrive at once, all are drawn in one go. */
function askForBeat(): void {
  if (beatAsked) return;
  beatAsked = true;
  if (document.hidden) beatNow();
  else requestAnimationFrame(beatNow);
}

/** A page in the background has no frames, and still has a title to change. */
function beatNow(): void {
  if (!beatAsked) return;
  beatAsked = false;
  lastBeat = performance.now();
  beat.value++;
}

function linkNow(): Link {
  if (newestWordAt === null) return performance.now() > FIRST_MS ? 'lost' : 'connecting';
  if (time.now() - newestWordAt > LOST_MS) return 'lost';
  const decided = newest.value?.second;
  if (decided !== undefined && time.now() / 1000 - decided - 1 > STALLED_SECONDS) return 'stalled';
  return 'live';
}

/** At once: what is old is not shown as live for even one frame. */
function showLink(): void {
  const now = linkNow();
  if (link.value === now) return;
  link.value = now;
  askForBeat();
}

/** After a sleep everything shown is old, and so is what waits to be read. */
function wake(): void {
  const { wasAsleep, uncountedMs } = sleep.awake();
  time.slept(uncountedMs);
  showLink();
  if (wasAsleep) stream.again();
}

const stream = new Stream({
  hello: meetMetrics,
  incidents: (frame) => {
    incidents.value = frame;
  },
  resumed: resume,
  second: take,
  open: takeOpen,
  late: takeLate,
  awake: wake,
});

function tick(): void {
  wake();
  const now = performance.now();
  if (document.hidden) beatNow();
  // The axis slides on at constant speed, data or none.
  if (now - lastBeat > 950) askForBeat();
  if (link.value === 'lost' || link.value === 'connecting' || now - lastMended < MEND_MS) return;
  lastMended = now;
  void mending.mend(toldFrom);
  renewWhenIdle();
}

export function startBoard(): void {
  stream.start();
  setInterval(tick, 100);
  // Whoever looks again sees at once how old it is.
  for (const event of ['resume', 'visibilitychange']) document.addEventListener(event, tick);
  addEventListener('pageshow', tick);
  // A page that is frozen may be painted as it was left before anything of it runs again.
  document.addEventListener('freeze', () => {
    link.value = 'lost';
  });
}
