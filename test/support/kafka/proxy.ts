/** A line to one broker that a test makes bad: slow, silent, or cut just when the answer to a kind of request comes. */
import type { Socket } from 'node:net';
import { Line } from '../line.ts';

/** Of Kafka's protocol. */
export const PRODUCE = 0;
export const FETCH = 1;
const SIZE_BYTES = 4;

export class KafkaProxy extends Line {
  /** What comes from the broker waits so long, ms. */
  latencyMs = 0;
  /** And comes no faster than this. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Answers to these requests never arrive, on connections that stay open. */
  readonly silent = new Set<number>();
  /** So many answers to requests of a kind are swallowed, and their connections cut; the broker has done what was asked. */
  readonly cut = new Map<number, number>();
  /** Requests (their size first, then their kind) of which it says yes never reach the broker, on connections that stay open. */
  drops: ((frame: Buffer) => boolean) | null = null;

  static to(port: number): Promise<KafkaProxy> {
    return new KafkaProxy(() => port).listen();
  }

  protected join(client: Socket, broker: Socket, cut: () => void): void {
    /** Kinds of the requests that are not answered yet: a broker answers a connection in order. */
    const asked: number[] = [];
    const requests = new Frames((frame) => {
      if (this.drops?.(frame)) return;
      asked.push(frame.readInt16BE(SIZE_BYTES));
      broker.write(frame);
    });
    let free = 0;
    const answers = new Frames((frame) => {
      const kind = asked.shift() as number;
      const cuts = this.cut.get(kind) ?? 0;
      if (cuts > 0) {
        this.cut.set(kind, cuts - 1);
        cut();
      } else if (!this.silent.has(kind)) free = this.#give(client, frame, free);
    });
    client.on('data', (chunk: Buffer) => requests.push(chunk));
    broker.on('data', (chunk: Buffer) => answers.push(chunk));
  }

  /** In pieces of a tenth of a second; gives when the line is free again. */
  #give(client: Socket, frame: Buffer, free: number): number {
    const piece = Math.max(1, Math.ceil(Math.min(frame.length, this.bytesPerSecond / 10)));
    let at = Math.max(free, performance.now() + this.latencyMs);
    for (let from = 0; from < frame.length; from += piece) {
      const part = frame.subarray(from, from + piece);
      at += Number.isFinite(this.bytesPerSecond) ? (part.length / this.bytesPerSecond) * 1000 : 0;
      const waitMs = at - performance.now();
      if (waitMs < 1 && from === 0 && piece === frame.length) client.write(part);
      else setTimeout(() => client.writable && client.write(part), waitMs);
    }
    return at;
  }
}

/** Whole requests or answers out of whatever pieces came. */
class Frames {
  readonly #take: (frame: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(take: (frame: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) return;
      const frame = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      this.#take(frame);
    }
  }
}
