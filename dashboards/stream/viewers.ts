/** The browsers that look: each resumes where it was, and one that does not read is let go. */
import type { ServerResponse } from 'node:http';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { Clock, Timer } from '../../platform/units/clock.ts';
import { HEARTBEAT, RETRY } from './frames.ts';

/** A viewer with more than this waiting to be read is dropped. */
const UNSENT_BYTES_MAX = 256 * 1024;
const VIEWERS_MAX = 5000;
/** Ten minutes of seconds wait for those who come back. */
const SECONDS_REPLAYED_MAX = 600;

const HEARTBEAT_MS = 10_000;
/** What a viewer that catches up is sent at once; more when it has read this. */
const REPLAY_BYTES = 64 * 1024;
/** A viewer that catches up and reads nothing for so long is dropped. */
const REPLAY_STALL_MS = 10_000;

interface Sent {
  readonly second: number;
  readonly bytes: Buffer;
}

interface Viewer {
  readonly response: ServerResponse;
  /** Where it stands in what is replayed; null once it is live. */
  next: number | null;
  stall: Timer | null;
}

export interface ViewersOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What every stream begins with: hello and the incidents. */
  readonly greeting: () => string;
}

export class Viewers {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #greeting: () => string;
  readonly #viewers = new Set<Viewer>();
  /** Seconds by order of sending, and how many were let go before the first of them. */
  readonly #sent: Sent[] = [];
  #letGo = 0;
  #heartbeat: Timer;

  constructor({ clock, telemetry, greeting }: ViewersOptions) {
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#greeting = greeting;
    this.#heartbeat = clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  get count(): number {
    return this.#viewers.size;
  }

  /**
   * @param after  the last second the viewer has; null: it wants only what comes from here on
   * @returns false where there are too many already
   */
  add(response: ServerResponse, after: number | null): boolean {
    if (this.#viewers.size >= VIEWERS_MAX) {
      this.#telemetry.viewerDropped();
      return false;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.socket?.setNoDelay(true);
    response.write(RETRY + this.#greeting());
    const viewer: Viewer = { response, next: this.#letGo + this.#firstAfter(after), stall: null };
    this.#viewers.add(viewer);
    this.#telemetry.viewers({ value: this.#viewers.size });
    response.on('close', () => this.#forget(viewer));
    response.on('error', () => this.#forget(viewer));
    this.#replay(viewer);
    return true;
  }

  /** Sends a decided second to all and keeps it for those who come back. */
  second(second: number, text: string, rest = ''): void {
    const bytes = Buffer.from(text);
    this.#sent.push({ second, bytes });
    if (this.#sent.length > SECONDS_REPLAYED_MAX) {
      this.#sent.shift();
      this.#letGo++;
    }
    this.send(rest ? Buffer.concat([bytes, Buffer.from(rest)]) : bytes);
  }

  /** Sends to all that are live; those that catch up will have it from a later frame. */
  send(bytes: Buffer): void {
    for (const viewer of this.#viewers) {
      if (viewer.next !== null) continue;
      if (viewer.response.writableLength + bytes.length > UNSENT_BYTES_MAX) this.#drop(viewer);
      else viewer.response.write(bytes);
    }
  }

  /** Sends what changes rarely, to those that catch up as well: no later frame would bring it. */
  tell(text: string): void {
    const bytes = Buffer.from(text);
    this.send(bytes);
    for (const viewer of this.#viewers) if (viewer.next !== null) viewer.response.write(bytes);
  }

  close(): void {
    this.#heartbeat.cancel();
    for (const viewer of [...this.#viewers]) {
      this.#forget(viewer);
      viewer.response.end();
    }
  }

  #firstAfter(after: number | null): number {
    if (after === null) return this.#sent.length;
    const at = this.#sent.findIndex(({ second }) => second > after);
    return at < 0 ? this.#sent.length : at;
  }

  /** Writes what the viewer missed, a portion at a time; ends in the same turn in which it is live, so nothing falls between. */
  #replay(viewer: Viewer): void {
    if (viewer.next === null || !this.#viewers.has(viewer)) return;
    viewer.stall?.cancel();
    viewer.stall = null;
    const end = this.#letGo + this.#sent.length;
    const portion: Buffer[] = [];
    let at = Math.max(viewer.next, this.#letGo);
    for (let bytes = 0; at < end && bytes < REPLAY_BYTES; at++) {
      const one = this.#sent[at - this.#letGo] as Sent;
      portion.push(one.bytes);
      bytes += one.bytes.length;
    }
    viewer.next = at < end ? at : null;
    const flowing = portion.length === 0 || viewer.response.write(Buffer.concat(portion));
    if (viewer.next === null) return;
    if (flowing) {
      this.#replay(viewer);
      return;
    }
    viewer.stall = this.#clock.after(REPLAY_STALL_MS, () => this.#drop(viewer));
    viewer.response.once('drain', () => this.#replay(viewer));
  }

  #beat(): void {
    this.send(Buffer.from(HEARTBEAT));
    this.#heartbeat = this.#clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #drop(viewer: Viewer): void {
    this.#forget(viewer);
    this.#telemetry.viewerDropped();
    viewer.response.destroy();
  }

  #forget(viewer: Viewer): void {
    viewer.stall?.cancel();
    if (this.#viewers.delete(viewer)) this.#telemetry.viewers({ value: this.#viewers.size });
  }
}
