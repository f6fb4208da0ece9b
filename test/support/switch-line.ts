/** A line to one of several servers, each connection to the next of them; cut, nothing passes and nobody is told. */
import type { Socket } from 'node:net';
import { Line } from './line.ts';

export class SwitchLine extends Line {
  /** As a proxy that collects: what a stream says comes through when it is over. */
  collects = false;
  #isCut = false;
  /** What was on its way when it was cut, and what came since. */
  readonly #held: (() => void)[] = [];

  static to(...ports: number[]): Promise<SwitchLine> {
    let next = 0;
    return new SwitchLine(() => ports[next++ % ports.length] as number).listen();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** What was held comes through late, as it does on a network. */
  mend(): void {
    this.#isCut = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  protected join(client: Socket, server: Socket): void {
    const collected: Buffer[] = [];
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (bytes) => {
        if (this.collects && from === server && collect(collected, bytes)) return;
        const whole = from === server && collected.length > 0 ? Buffer.concat(collected.splice(0)) : bytes;
        if (this.#isCut) this.#held.push(() => void to.write(whole));
        else to.write(whole);
      });
    }
  }
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** @returns whether more of a stream is to come */
function collect(collected: Buffer[], bytes: Buffer): boolean {
  if (collected.length === 0 && !bytes.includes('text/event-stream')) return false;
  collected.push(bytes);
  return !bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}
