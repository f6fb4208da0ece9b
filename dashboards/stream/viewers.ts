/** The browsers that look: each resumes where it was, a slow one is spared what it can do without, one that does not read is let go. */
import type { ServerResponse } from 'node:http';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { Clock, Timer } from '../../platform/units/clock.ts';
import { HEARTBEAT, RETRY } from './frames.ts';
import { SECONDS_REPLAYED_MAX } from './resume.ts';

/** A viewer with more than this waiting to be read is dropped. */
const UNSENT_BYTES_MAX = 256 * 1024;
/** With more than this it is sent only what no later frame brings. */
const SPARED_BYTES_MAX = 64 * 1024;
const VIEWERS_MAX = 5000;

const HEARTBEAT_MS = 10_000;
/** What a viewer that catches up is sent at once; more when it has read this. */
const REPLAY_BYTES = 64 * 1024;
/** What all of them are sent in one go, a millisecond of work; before more of it others have their turn. */
const REPLAYED_AT_ONCE_BYTES = 512 * 1024;
/** A viewer that catches up and reads nothing for so long is dropped. */
const REPLAY_STALL_MS = 10_000;

interface Sent {
  /** null: it tells of seconds that were told before. */
  readonly second: number | null;
  readonly bytes: Buffer;
}

interface Viewer {
  readonly response: ServerResponse;
  /** It goes as soon as it is live. */
  readonly once: boolean;
  /** Where it stands in what is replayed; null once it is live. */
  next: number | null;
  stall: Timer | null;
}

export interface ViewersOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What every stream begins with: hello and the incidents. */
  readonly greeting: () => Buffer;
  /** What follows: from which second (`from`) on it is told all after the one it has. */
  readonly resumed: (after: number | null, from: number | null) => string;
  /** What a viewer hears as it goes live: that this is now. */
  readonly pulse: () => string;
}

export class Viewers {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #greeting: ViewersOptions['greeting'];
  readonly #resumed: ViewersOptions['resumed'];
  readonly #pulse: ViewersOptions['pulse'];
  readonly #viewers = new Set<Viewer>();
  /** Those that catch up and have read what they were sent. */
  readonly #hungry: Viewer[] = [];
  #feeding: Timer | null = null;
  /** Seconds, and what was added to them later, by order of sending; and how many were let go before the first of them. */
  readonly #sent: Sent[] = [];
  #seconds = 0;
  #letGo = 0;
  #heartbeat: Timer;

  constructor({ clock, telemetry, greeting, resumed, pulse }: ViewersOptions) {
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#greeting = greeting;
    this.#resumed = resumed;
    this.#pulse = pulse;
    this.#heartbeat = clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  get count(): number {
    return this.#viewers.size;
  }

  /**
   * @param after  the last second the viewer has; null: it wants only what comes from here on
   * @param once   its stream ends where it is live
   * @returns false where there are too many already
   */
  add(response: ServerResponse, after: number | null, once: boolean): boolean {
    if (this.#viewers.size >= VIEWERS_MAX) {
      this.#telemetry.viewerDropped();
      return false;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      // Whoever would compress it on the way would keep it back until there is enough to compress.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    response.socket?.setNoDelay(true);
    const first = this.#firstAfter(after);
    response.write(RETRY);
    response.write(this.#greeting());
    response.write(this.#resumed(after, this.#wholeFrom(after)));
    const viewer: Viewer = { response, once, next: this.#letGo + first, stall: null };
    this.#viewers.add(viewer);
    this.#telemetry.viewers({ value: this.#viewers.size });
    response.on('close', () => this.#forget(viewer));
    response.on('error', () => this.#forget(viewer));
    this.#catchUp(viewer);
    return true;
  }

  /** Sends a decided second to all and keeps it for those who come back. */
  second(second: number, text: string): void {
    this.#keep({ second, bytes: Buffer.from(text) });
  }

  /** Sends what is now known of seconds that were told before, and keeps it as well. */
  again(text: string): void {
    this.#keep({ second: null, bytes: Buffer.from(text) });
  }

  /** Sends what a later frame says again to all that are live and read well. */
  inPassing(text: string): void {
    const bytes = Buffer.from(text);
    for (const viewer of this.#viewers) {
      if (viewer.next !== null) continue;
      if (viewer.response.writableLength > SPARED_BYTES_MAX) this.#telemetry.viewerSpared();
      else viewer.response.write(bytes);
    }
  }

  /** Sends what changes rarely, to those that catch up as well: no later frame would bring it. */
  tell(text: string): void {
    const bytes = Buffer.from(text);
    for (const viewer of this.#viewers) this.#send(viewer, bytes);
  }

  close(): void {
    this.#heartbeat.cancel();
    this.#feeding?.cancel();
    for (const viewer of [...this.#viewers]) this.#end(viewer);
  }

  #keep(sent: Sent): void {
    this.#sent.push(sent);
    if (sent.second !== null) this.#seconds++;
    while (this.#seconds > SECONDS_REPLAYED_MAX) {
      if (this.#sent.shift()?.second != null) this.#seconds--;
      this.#letGo++;
    }
    for (const viewer of this.#viewers) if (viewer.next === null) this.#send(viewer, sent.bytes);
  }

  #send(viewer: Viewer, bytes: Buffer): void {
    if (viewer.response.writableLength + bytes.length > UNSENT_BYTES_MAX) this.#drop(viewer);
    else viewer.response.write(bytes);
  }

  /** What was sent after the viewer's last second, older ones among it: detectors of other metrics may be behind. */
  #firstAfter(after: number | null): number {
    if (after === null) return this.#sent.length;
    const at = this.#sent.findIndex(({ second }) => second !== null && second >= after);
    if (at < 0) return this.#sent.length;
    return this.#sent[at]?.second === after ? at + 1 : at;
  }

  /** The second from which on nothing is missing in what follows; null where nothing is asked for, or none is remembered. */
  #wholeFrom(after: number | null): number | null {
    const first = this.#sent.find(({ second }) => second !== null)?.second;
    return after === null || first == null ? null : Math.max(after + 1, first);
  }

  #catchUp(viewer: Viewer): void {
    viewer.stall?.cancel();
    viewer.stall = null;
    this.#hungry.push(viewer);
    this.#feeding ??= this.#clock.after(0, () => this.#feed());
  }

  /** Each a portion, in turn. */
  #feed(): void {
    this.#feeding = null;
    for (let bytes = 0; bytes < REPLAYED_AT_ONCE_BYTES; ) {
      const viewer = this.#hungry.shift();
      if (!viewer) return;
      if (this.#viewers.has(viewer)) bytes += this.#replay(viewer);
    }
    if (this.#hungry.length > 0) this.#feeding = this.#clock.after(0, () => this.#feed());
  }

  /** Writes a portion of what the viewer missed; the last one in the same turn in which it is live, so nothing falls between. */
  #replay(viewer: Viewer): number {
    const end = this.#letGo + this.#sent.length;
    let bytes = 0;
    let flows = true;
    let at = Math.max(viewer.next ?? end, this.#letGo);
    for (; at < end && bytes < REPLAY_BYTES; at++) {
      const one = this.#sent[at - this.#letGo] as Sent;
      // Not put together: all who wait for it hold the same bytes.
      flows = viewer.response.write(one.bytes);
      bytes += one.bytes.length;
    }
    viewer.next = at < end ? at : null;
    if (viewer.next === null) {
      viewer.response.write(this.#pulse());
      if (viewer.once) this.#end(viewer);
      return bytes;
    }
    if (flows) this.#catchUp(viewer);
    else {
      viewer.stall = this.#clock.after(REPLAY_STALL_MS, () => this.#drop(viewer));
      viewer.response.once('drain', () => this.#catchUp(viewer));
    }
    return bytes;
  }

  #beat(): void {
    this.inPassing(HEARTBEAT);
    this.#heartbeat = this.#clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #end(viewer: Viewer): void {
    this.#forget(viewer);
    viewer.response.end();
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
