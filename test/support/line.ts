/** A line through this process to servers of this machine; what it does to what passes is its children's matter. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export abstract class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param to  the port each connection goes to */
  protected constructor(to: () => number) {
    this.#server = createServer((client) => this.#open(client, connect({ host: '127.0.0.1', port: to() })));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is open ends, as when a machine between dies; whoever tries again comes through. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** On a free port. */
  protected async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** @param cut  ends both sides, as the death of either does */
  protected abstract join(client: Socket, server: Socket, cut: () => void): void;

  #open(client: Socket, server: Socket): void {
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    this.join(client, server, cut);
  }
}
