/** A line to a server on which answers get lost: the server has done what was asked, and whoever asked never hears of it. */
import type { Socket } from 'node:net';
import { Line } from './line.ts';

export class DeafProxy extends Line {
  /** So many of the next answers are swallowed, and their connections cut. */
  swallow = 0;
  swallowed = 0;

  static to(port: number): Promise<DeafProxy> {
    return new DeafProxy(() => port).listen();
  }

  protected join(client: Socket, server: Socket, cut: () => void): void {
    client.pipe(server);
    server.on('data', (answer) => {
      if (this.swallow > 0) {
        this.swallow--;
        this.swallowed++;
        cut();
      } else client.write(answer);
    });
  }
}
