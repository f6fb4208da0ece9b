/** The live stream: opened, listened to, and opened anew from the last second heard, whatever ended it. */
import type { HelloFrame, IncidentsFrame, LateFrame, OpenFrame, ResumedFrame, SecondFrame } from '../../../live-frames.ts';
import { againAfterMs } from './again.ts';

export interface Listener {
  hello(frame: HelloFrame): void;
  incidents(frame: IncidentsFrame): void;
  /** @param askedAt  when this connection was asked for (this page's steady clock, ms) */
  resumed(frame: ResumedFrame, askedAt: number): void;
  second(frame: SecondFrame): void;
  open(frame: OpenFrame): void;
  late(frame: LateFrame): void;
  /** Before anything that was heard. */
  awake(): void;
}

/** The server sends something each second; after so long without, a new connection is tried beside the silent one. */
const SILENT_MS_MAX = 3000;
/** A try that says nothing for so long gets another beside it: on a network that is back, the next one comes through at once. */
const ANSWER_MS = 1500;
/** Of those that hang so many are kept: a slow network has three times as long. A browser has six for all of a server. */
const TRIES_MAX = 3;
const LOOK_BACK_SECONDS = 330;
/** What was told last is told anew: another server may have heard of it in another order. */
const TOLD_ANEW_SECONDS = 10;

/** So many streams in a row that fell silent, or never spoke, may be kept back by something between: then every other try is no stream. */
const HUNG_MAX = 2;
/** A stream that speaks for so long is kept back by nothing. */
const FLOWS_MS = 10_000;
/** What there is by now is asked for so often, where streams are kept back, and for so long until one is tried again. */
const ONCE_MS = 1000;
const ONCE_FOR_MS = 60_000;

interface Try {
  readonly source: EventSource;
  readonly askedAt: number;
  /** It ends as soon as all there is was told. */
  readonly once: boolean;
}

export class Stream {
  readonly #listener: Listener;
  /** The one that is listened to: of all that were tried, the one that spoke last. */
  #current: Try | null = null;
  readonly #trying: Try[] = [];
  #last: number | null = null;
  #heardAt = 0;
  #nextAt = 0;
  #failures = 0;
  #hung = 0;
  #tries = 0;
  #onceUntil = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  start(): void {
    this.#try();
    setInterval(() => this.look(), 100);
    addEventListener('online', () => this.again());
  }

  /** Tries again where it is time to. */
  look(): void {
    const now = performance.now();
    const isSilent = this.#current === null || now - this.#heardAt > SILENT_MS_MAX;
    if (!isSilent || now < this.#nextAt) return;
    if (this.#current !== null || this.#trying.length > 0) this.#hung++;
    this.#try();
  }

  /** Now, on a new connection: after a sleep the old one is dead, or tells what was true before. */
  again(): void {
    for (const one of this.#trying.splice(0)) one.source.close();
    this.#current?.source.close();
    this.#current = null;
    this.#failures = 0;
    this.#try();
  }

  /** Nothing that was heard counts any more: the next try begins anew. */
  forget(): void {
    this.#last = null;
  }

  #try(): void {
    while (this.#trying.length >= TRIES_MAX) this.#trying.shift()?.source.close();
    const askedAt = performance.now();
    const since = this.#last === null ? '' : `since=${Math.max(0, this.#last - TOLD_ANEW_SECONDS)}&`;
    const once = askedAt < this.#onceUntil || (this.#hung >= HUNG_MAX && this.#tries++ % 2 === 0);
    const ask = `${since}back=${LOOK_BACK_SECONDS}&most=${LOOK_BACK_SECONDS}${once ? '&once=1' : ''}`;
    const source = new EventSource(`/api/live?${ask}`);
    const one = { source, askedAt, once };
    this.#trying.push(one);
    this.#nextAt = askedAt + ANSWER_MS;
    source.addEventListener('error', () => this.#ended(one));
    this.#on<HelloFrame>(one, 'hello', (frame) => this.#listener.hello(frame));
    this.#on<IncidentsFrame>(one, 'incidents', (frame) => this.#listener.incidents(frame));
    this.#on<ResumedFrame>(one, 'resumed', (frame) => this.#listener.resumed(frame, askedAt));
    this.#on<OpenFrame>(one, 'open', (frame) => this.#listener.open(frame));
    this.#on<LateFrame>(one, 'late', (frame) => this.#listener.late(frame));
    this.#on<SecondFrame>(one, 'second', (frame) => {
      this.#last = Math.max(frame.second, this.#last ?? 0);
      this.#listener.second(frame);
    });
  }

  /** Left to itself a browser tries again at the pace that the server named, all of them at once. */
  #ended(one: Try): void {
    one.source.close();
    const hadSpoken = this.#current === one;
    if (hadSpoken) this.#current = null;
    const at = this.#trying.indexOf(one);
    if (at >= 0) this.#trying.splice(at, 1);
    if (this.#current !== null || this.#trying.length > 0) return;
    if (one.once && hadSpoken) this.#nextAt = one.askedAt + ONCE_MS;
    else this.#nextAt = performance.now() + againAfterMs(this.#failures++, Math.random());
  }

  #on<Frame>(one: Try, event: string, take: (frame: Frame) => void): void {
    const { source } = one;
    source.addEventListener(event, (message) => {
      // The browser's own event of the same name, at the opening of the connection, carries nothing.
      if (!('data' in message)) return;
      this.#listener.awake();
      // It may just have been given up: what it told late is told anew.
      if (source.readyState === EventSource.CLOSED) return;
      this.#listenTo(one);
      this.#heardAt = performance.now();
      take(JSON.parse(String(message.data)) as Frame);
    });
  }

  /** Whoever speaks is listened to, and the others are let go. */
  #listenTo(one: Try): void {
    const now = performance.now();
    if (!one.once && now - one.askedAt > FLOWS_MS) this.#hung = 0;
    if (this.#current === one && this.#trying.length === 0) return;
    if (one.once && now >= this.#onceUntil) this.#onceUntil = now + ONCE_FOR_MS;
    for (const other of [this.#current, ...this.#trying.splice(0)]) if (other !== one) other?.source.close();
    this.#current = one;
    this.#failures = 0;
  }
}
