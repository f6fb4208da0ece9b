/** A line to one of several servers, each connection to the next of them; cut, nothing passes and nobody is told. */
import type { Socket } from 'node:net';
import { Line } from './line.ts';

export class SwitchLine extends Line {
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
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (bytes) => {
        if (this.#isCut) this.#held.push(() => void to.write(bytes));
        else to.write(bytes);
      });
    }
  }
}
