/** A line to a server on which answers get lost: the server has done what was asked, and whoever asked never hears of it. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class DeafProxy {
  /** So many of the next answers are swallowed, and their connections cut. */
  swallow = 0;
  swallowed = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: number) {
    this.#server = createServer((client) => this.#join(client, connect({ host: '127.0.0.1', port: to })));
  }

  static async to(port: number): Promise<DeafProxy> {
    const proxy = new DeafProxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.pipe(server);
    server.on('data', (answer) => {
      if (this.swallow > 0) {
        this.swallow--;
        this.swallowed++;
        end();
      } else client.write(answer);
    });
  }
}
