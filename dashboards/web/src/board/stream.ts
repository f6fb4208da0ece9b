/** The live stream: opened, listened to, and opened anew from the last second heard, whatever ended it. */
import type { HelloFrame, IncidentsFrame, OpenFrame, SecondFrame } from '../../../live-frames.ts';

export interface Listener {
  hello(frame: HelloFrame): void;
  incidents(frame: IncidentsFrame): void;
  second(frame: SecondFrame): void;
  open(frame: OpenFrame): void;
  /** Anything at all was heard. */
  heard(): void;
}

/** The server sends something each second; after so long without, the connection is given up and a new one tried. */
const SILENT_MS_MAX = 5000;
const AGAIN_MS = 1000;
const LOOK_BACK_SECONDS = 330;

export class Stream {
  readonly #listener: Listener;
  #source: EventSource | null = null;
  #last: number | null = null;
  #heardAt = 0;
  #triedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  start(): void {
    this.#connect();
    this.#timer = setInterval(() => this.#watch(), 500);
    addEventListener('online', () => this.#connect());
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source?.close();
  }

  /** A source that was refused never tries again by itself, and one whose line was cut may not notice: both are replaced. */
  #watch(): void {
    const now = performance.now();
    const closed = this.#source?.readyState === EventSource.CLOSED;
    const silent = now - Math.max(this.#heardAt, this.#triedAt) > SILENT_MS_MAX;
    if ((closed && now - this.#triedAt >= AGAIN_MS) || silent) this.#connect();
  }

  #connect(): void {
    this.#source?.close();
    this.#triedAt = performance.now();
    const from = this.#last === null ? `back=${LOOK_BACK_SECONDS}` : `since=${this.#last}`;
    const source = new EventSource(`/api/live?${from}`);
    this.#source = source;
    this.#on<HelloFrame>(source, 'hello', (frame) => this.#listener.hello(frame));
    this.#on<IncidentsFrame>(source, 'incidents', (frame) => this.#listener.incidents(frame));
    this.#on<OpenFrame>(source, 'open', (frame) => this.#listener.open(frame));
    this.#on<SecondFrame>(source, 'second', (frame) => {
      this.#last = Math.max(frame.second, this.#last ?? 0);
      this.#listener.second(frame);
    });
  }

  #on<Frame>(source: EventSource, event: string, take: (frame: Frame) => void): void {
    source.addEventListener(event, (message) => {
      // The browser's own event of the same name, at the opening of the connection, carries nothing.
      if (source !== this.#source || !('data' in message)) return;
      this.#heardAt = performance.now();
      this.#listener.heard();
      take(JSON.parse(String(message.data)) as Frame);
    });
  }
}
